import { never } from '../base/never.ts';
import { listenerLike } from '../gateways/listener-toward.ts';
import type {
  NeighbourEars,
  Neighbours,
  OwnStray,
  Passage,
  RelayedStray,
  StrayAnswer,
} from '../ports/neighbours.ts';
import type { Claimed, ClaimId } from '../ports/ownership.ts';
import type {
  LegEvent,
  LegId,
  Listener,
  ReceivedInvite,
  ReceivedOn,
  SipEngine,
  Stray,
  StrayResponse,
} from '../ports/sip-engine.ts';
import type { SipMessage, SipRequest } from '../sip/message.ts';

/** Made before the node, because each must know who listens to it. */
export type NeighboursFor = (ears: NeighbourEars<ReceivedOn>) => Neighbours<ReceivedOn>;

/** Whose message it is, as other sites are to count it. */
export type Origin = { readonly source: string; readonly isVerified: boolean };

export type NeighbourhoodParts = {
  readonly engine: SipEngine;
  readonly listeners: readonly Listener[];
  /** The number of this site. */
  readonly own: number;
  readonly neighboursFor: NeighboursFor;
  readonly originOf: (receivedOn: ReceivedOn) => Origin;
  readonly onYield: (claim: ClaimId) => void;
  readonly onBuried: (claim: ClaimId) => void;
  /** A message that came here was carried to the site that has its call. */
  readonly onCarried: (message: SipMessage, to: string) => void;
};

/** What becomes of a new call. */
export type Placing = {
  readonly emergency: boolean;
  /** It is this site's; the events are what its leg has heard meanwhile. */
  place(claim: ClaimId, heard: readonly LegEvent[]): void;
  /** Another site has it, and answers it. */
  leave(): void;
  /** Its CANCEL has come to some site before it. */
  bury(): void;
};

/** What has become of a stray; out of reach: there is no link now to the site that has it. */
export type Whereabouts = 'here' | 'carried' | 'out-of-reach';

const CARRIED: StrayAnswer = { kind: 'carried' };
const UNKNOWN: StrayAnswer = { kind: 'unknown' };

/** What this site does with the others: whose is a call, and where does a stray belong. */
export class Neighbourhood {
  readonly #parts: NeighbourhoodParts;
  readonly #neighbours: Neighbours<ReceivedOn>;
  /** New calls whose claims are under way, and what their legs have heard; 30 ms each. */
  readonly #claiming = new Map<LegId, LegEvent[]>();
  /** What has become of what was taken last from another site. */
  #taken: StrayAnswer = CARRIED;
  #isListening = false;

  constructor(parts: NeighbourhoodParts) {
    this.#parts = parts;
    const { onYield, onBuried, engine } = parts;
    this.#neighbours = parts.neighboursFor({
      onYield,
      onBuried,
      onReturn: (way, raw) => engine.sendBack(way, raw),
      onThrough: (passage) => this.#sendOn(passage),
      onRelayed: (stray, from, answer) => answer(this.#take(stray, from)),
    });
  }

  /** The sockets are open: what others have received can be taken from now on. */
  listens(): void {
    this.#isListening = true;
  }

  /** Asks whose a new call is, and goes on in 30 ms whatever the others say. */
  claim(invite: ReceivedInvite, placing: Placing): void {
    const { leg, request, receivedOn } = invite;
    this.#claiming.set(leg, []);
    const origin = this.#parts.originOf(receivedOn);
    void this.#neighbours.ownership
      .claim({ message: request, ...origin })
      .then((claimed) => this.#claimed(invite, origin, claimed, placing));
  }

  /** Whether that leg is of a call that is not placed yet. */
  hears(leg: LegId, event: LegEvent): boolean {
    const heard = this.#claiming.get(leg);
    heard?.push(event);
    return heard !== undefined;
  }

  progress(claim: ClaimId, phase: 'ringing' | 'answered' | 'failed'): void {
    this.#neighbours.ownership.progress(claim, phase);
  }

  carry({ request, receivedOn, raw }: Omit<Stray, 'id'>): Promise<Whereabouts> {
    return this.#carry(request, receivedOn, raw);
  }

  /** A response to a request that another site has sent from A. */
  async carryResponse({ response, receivedOn, raw }: StrayResponse): Promise<void> {
    if (receivedOn.through !== undefined) this.#taken = UNKNOWN;
    else await this.#carry(response, receivedOn, raw);
  }

  async #carry(message: SipMessage, receivedOn: ReceivedOn, raw: Buffer): Promise<Whereabouts> {
    const origin = this.#parts.originOf(receivedOn);
    const owned = await this.#neighbours.ownership.ownerOf({ message, ...origin });
    if (owned.kind !== 'owner' || owned.owner.site === this.#parts.own) return 'here';
    const { emergency, owner } = owned;
    const own = strayOf(raw, message, receivedOn, { emergency, ...origin });
    return await this.#send(own, message, owner.site);
  }

  async #send(own: OwnStray<ReceivedOn>, message: SipMessage, to: number): Promise<Whereabouts> {
    const { relay, siteName } = this.#neighbours;
    const outcome = await relay.carry(own, to);
    switch (outcome) {
      case 'carried':
        this.#parts.onCarried(message, siteName(to));
        return 'carried';
      case 'unreachable':
        return 'out-of-reach';
      case 'unknown':
      case 'limited':
        return 'here';
      default:
        return never(outcome);
    }
  }

  /**
   * What another site sent here belongs to nothing here either: it is that site's to answer, or to
   * send to whom this one has left the call to.
   */
  unmatched({ id, request, receivedOn }: Stray): void {
    const isCancel = request.method === 'CANCEL';
    this.#taken = (isCancel ? this.#movedTo(request, receivedOn) : undefined) ?? UNKNOWN;
    this.#parts.engine.handOver(id);
  }

  /** Whether a new call that another site sent here has been left to a third one meanwhile. */
  hasLeft({ leg, request, receivedOn }: ReceivedInvite): boolean {
    const moved = this.#movedTo(request, receivedOn);
    if (moved === undefined) return false;
    this.#taken = moved;
    this.#parts.engine.handOver(leg);
    return true;
  }

  #movedTo(message: SipRequest, receivedOn: ReceivedOn): StrayAnswer | undefined {
    const { own, originOf } = this.#parts;
    const { ownership } = this.#neighbours;
    const owner = ownership.knownOwner({ message, ...originOf(receivedOn) });
    return owner === undefined || owner.site === own
      ? undefined
      : { kind: 'moved', to: owner.site };
  }

  async #claimed(
    { leg, request, receivedOn, raw }: ReceivedInvite,
    origin: Origin,
    claimed: Claimed,
    placing: Placing,
  ): Promise<void> {
    const { engine, own } = this.#parts;
    const place = (claim: ClaimId) => placing.place(claim, this.#endClaiming(leg));
    if (claimed.kind === 'tombstone') {
      this.#endClaiming(leg);
      placing.leave();
      placing.bury();
    } else if (claimed.kind === 'new' || claimed.owner.site === own) place(claimed.claim);
    else {
      const { site } = claimed.owner;
      const send = (message: SipRequest, bytes: Buffer, by: ReceivedOn) => {
        const stray = strayOf(bytes, message, by, { emergency: placing.emergency, ...origin });
        return this.#send(stray, message, site);
      };
      if ((await send(request, raw, receivedOn)) !== 'carried') {
        const { ownership } = this.#neighbours;
        place(ownership.claimAnyway({ message: request, ...origin }));
      } else {
        const heard = this.#endClaiming(leg);
        placing.leave();
        engine.handOver(leg);
        for (const event of heard)
          if (event.on === 'cancelled')
            void send({ ...request, method: 'CANCEL' }, event.raw, event.receivedOn);
      }
    }
  }

  /** What the leg has heard while its claim was under way, which it is no more. */
  #endClaiming(leg: LegId): readonly LegEvent[] {
    const heard = this.#claiming.get(leg) ?? [];
    this.#claiming.delete(leg);
    return heard;
  }

  #take(stray: RelayedStray, from: number): StrayAnswer {
    const { engine } = this.#parts;
    const { raw, source, number, emergency, transport } = stray;
    const listener = this.#standingFor(stray);
    if (listener === undefined) return UNKNOWN;
    this.#taken = CARRIED;
    const { relay, siteName } = this.#neighbours;
    const back = (bytes: Buffer) => relay.giveBack(from, number, bytes, emergency);
    const place = { source, transport, listener: stray.listener, emergency };
    const through = (bytes: Buffer) => relay.sendThrough(from, { ...place, raw: bytes });
    const ways = transport === 'udp' ? { back } : { back, through };
    engine.takeRelayed({ raw, listener, source, from: siteName(from), ...ways });
    return this.#taken;
  }

  #sendOn(passage: Passage): boolean {
    const listener = this.#standingFor(passage);
    if (listener === undefined) return false;
    return this.#parts.engine.sendOn({ listener, source: passage.source }, passage.raw);
  }

  /** The listener of this site that is what the other one's is there. */
  #standingFor({ listener: theirs, transport }: Passage): Listener | undefined {
    if (!this.#isListening) return undefined;
    const alike = this.#parts.listeners.filter(({ role }) => role === theirs.role);
    return listenerLike(theirs, transport, alike);
  }
}

function strayOf(
  raw: Buffer,
  { callId }: SipMessage,
  receivedOn: ReceivedOn,
  { emergency, source, isVerified }: Origin & { readonly emergency: boolean },
): OwnStray<ReceivedOn> {
  const { listener } = receivedOn;
  const { role, transport, address, port } = listener;
  return {
    raw,
    source: { address: receivedOn.source.address, port: receivedOn.source.port },
    transport,
    listener: { role, address, port },
    way: receivedOn,
    emergency,
    limits: { source, isVerified, callId },
  };
}
