import { type Address, writeAddress } from '../../lib/sip/address.ts';
import { headerValue } from '../../lib/sip/headers.ts';
import type { SipRequest } from '../../lib/sip/message.ts';
import { type GatewayLeg, requestOf } from './gateway-leg.ts';
import type { GatewayPlan } from './gateway-plan.ts';
import { Joining, type Place } from './joining.ts';
import { Referring } from './referring.ts';
import type { JoinPlan } from './transfers.ts';

export type GatewayMeans = {
  readonly me: Address;
  readonly after: (delayMs: number, run: () => void) => void;
  readonly send: (bytes: Buffer, to: Address) => void;
  readonly legOf: (callId: string) => GatewayLeg | undefined;
  readonly hangUp: (leg: GatewayLeg, to: Address) => void;
  readonly isRung: (callId: string, cseq: number) => boolean;
  /** In the call of that caller. */
  readonly onHangUp: (caller: string) => void;
  readonly complain: (what: string) => void;
};

/** What one gateway has transferred, and where it takes the place of another one. */
export class GatewayTransfers {
  /** By its own Call-ID. */
  readonly joins = new Map<string, Joining>();
  /** Those of all gateways of this world, in their order. */
  peers: readonly GatewayTransfers[] = [];
  readonly #means: GatewayMeans;

  constructor(means: GatewayMeans) {
    this.#means = means;
  }

  get address(): Address {
    return this.#means.me;
  }

  /** It forgets everything. */
  end(): void {
    for (const joining of this.joins.values()) joining.end();
  }

  referringOf(invite: SipRequest, { transfer }: GatewayPlan, to: Address): Referring | undefined {
    if (transfer?.by !== 'refer') return undefined;
    const { me, after, send, legOf, hangUp, complain } = this.#means;
    const { callId } = invite;
    const ofLeg = <T>(ask: (leg: GatewayLeg) => T) => {
      const leg = legOf(callId);
      if (leg === undefined) throw new Error(`${callId} has no leg`);
      return ask(leg);
    };
    return new Referring(transfer, {
      after,
      request: (cseq, branch, lines) => requestOf(me, invite, 'REFER', cseq, branch, '', lines),
      nextCseq: () => ofLeg(({ within }) => within.nextCseq()),
      send: (bytes) => send(bytes, to),
      isUp: () => ofLeg(isTalking),
      hangUp: () => ofLeg((leg) => hangUp(leg, to)),
      addressOf: (number) => writeAddress(this.peers[number - 1]?.address ?? me),
      complain: (what) => complain(`${callId}: ${what}`),
    });
  }

  /** A leg of this gateway has answered. */
  begin(leg: GatewayLeg, site: Address): void {
    const { transfer } = leg.plan;
    leg.referring?.begin();
    if (transfer?.by !== 'join') return;
    this.#means.after(transfer.afterMs, () => {
      if (!isTalking(leg)) return;
      this.peers[transfer.toward - 1]?.join(transfer, placeOf(leg), site);
    });
  }

  /** Takes the place of another one. */
  join(plan: JoinPlan, place: Place, site: Address): void {
    const { me, after, send, isRung, onHangUp, complain } = this.#means;
    const joining = new Joining(plan, place, {
      me,
      site,
      after,
      send: (bytes) => send(bytes, site),
      isRung,
      onHangUp: () => onHangUp(place.subject),
      complain,
    });
    this.joins.set(joining.callId, joining);
    joining.begin();
  }
}

/** Its first device talks, and that was acknowledged. */
function isTalking({ up, acked }: GatewayLeg): boolean {
  return up.has('gw') && acked.has('gw');
}

/** The Call-ID of the caller, which crosses. */
export function callerOf(headers: SipRequest['headers']): string {
  return headerValue(headers, 'subject') ?? '';
}

function placeOf({ invite: { callId, from, headers } }: GatewayLeg): Place {
  return { callId, siteTag: from.tag ?? '', gatewayTag: 'gw', subject: callerOf(headers) };
}
