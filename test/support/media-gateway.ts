import { testInvite } from '../../apps/cli/test-invite.ts';
import { NO_OCTETS, type Octets } from '../../lib/base/brands.ts';
import { realWorld } from '../../lib/base/real-world.ts';
import type { LegId } from '../../lib/ports/sip-engine.ts';
import type { Address } from '../../lib/sip/address.ts';
import { legId, requestId, type Tag, tagOf } from '../../lib/sip/ids.ts';
import type { Header, SipRequest } from '../../lib/sip/message.ts';
import { reasonPhrase } from '../../lib/sip/status.ts';
import { sipUri } from '../../lib/sip/uri.ts';
import { type Exchange, openExchange, type Talker, withSdp } from './talkers.ts';

/** One call at a gateway; what comes after its end is not sent. */
export type Guest = Talker & {
  readonly request: SipRequest;
  /** Its To-tag. */
  readonly tag: Tag;
  /** With early media if so wanted. */
  ring(status: number, early?: 'early-media'): void;
  answer(): void;
  reject(status: number): void;
  hangUp(): void;
  ask(method: string, headers: readonly Header[]): void;
};

export type MediaGateway = {
  /** All that have come, in their order. */
  readonly guests: readonly Guest[];
  /** Calls there itself, with a header that says for whom. */
  call(to: Address, replaces: Header, sdp: Octets): Talker & { hangUp(): void };
  close(): Promise<void>;
};

/** A gateway that does with each call what the test says, and has that SDP for it. */
export async function openMediaGateway(
  at: Address,
  sdpFor: (request: SipRequest) => Octets,
  play: (guest: Guest) => void,
): Promise<MediaGateway> {
  const guests = new Map<LegId, Guest>();
  const callers = new Map<LegId, Talker & { dialog?: Tag }>();
  const exchange = await openExchange(at, 'unicast', {
    talkerOf: (leg) => guests.get(leg) ?? callers.get(leg),
    onInvite({ leg, request }) {
      const guest = newGuest(exchange, leg, request, sdpFor(request));
      guests.set(leg, guest);
      if (request.body !== NO_OCTETS) guest.told.push({ what: 'INVITE', sdp: request.body });
      play(guest);
    },
    onLeg(leg, event) {
      if (event.on === 'cancelled') guests.get(leg)?.reject(487);
      const caller = callers.get(leg);
      if (caller === undefined || event.on !== 'answered') return;
      caller.dialog = event.tag;
      exchange.engine.acknowledge(leg, event.tag, withSdp(undefined));
    },
  });
  return {
    get guests() {
      return [...guests.values()];
    },
    call(to, replaces, sdp) {
      const { engine, listener, contact } = exchange;
      const leg = legId(`${at.address}-calls-${callers.size}`);
      const uri = sipUri({ user: 'landfall', host: to.address, port: to.port });
      const plan = { uri, target: to, local: at, from: undefined };
      const invite = testInvite(plan, leg, listener, realWorld().rng);
      const talker = {
        sdp,
        told: [],
        reinvites: 0,
        isOver: false,
        hangUp() {
          talker.isOver = true;
          engine.hangUp(leg, callers.get(leg)?.dialog ?? tagOf(''), []);
        },
      };
      callers.set(leg, talker);
      const { headers, body } = withSdp(sdp);
      engine.invite({ ...invite, contact, headers: [...headers, replaces], body });
      return talker;
    },
    close: exchange.close,
  };
}

function newGuest(
  { engine, contact }: Exchange,
  leg: LegId,
  request: SipRequest,
  sdp: Octets,
): Guest {
  const says = (status: number, body?: Octets) => {
    return { status, reason: reasonPhrase(status), tag: tagOf(leg), contact, ...withSdp(body) };
  };
  const guest: Guest = {
    request,
    tag: tagOf(leg),
    sdp,
    told: [],
    reinvites: 0,
    isOver: false,
    ring: (status, early) => engine.ring(leg, says(status, early === undefined ? undefined : sdp)),
    answer: () => engine.answer(leg, says(200, sdp)),
    reject(status) {
      if (guest.isOver) return;
      guest.isOver = true;
      engine.reject(leg, { ...says(status), contact: undefined });
    },
    hangUp() {
      guest.isOver = true;
      engine.hangUp(leg, tagOf(leg), []);
    },
    ask(method, headers) {
      const request = requestId(`${method} of ${leg}`);
      const order = { request, method, contact, maxForwards: 70, headers, body: NO_OCTETS };
      engine.ask(leg, tagOf(leg), order);
    },
  };
  return guest;
}
