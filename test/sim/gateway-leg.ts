import { type Address, writeAddress } from '../../lib/sip/address.ts';
import { headerValue } from '../../lib/sip/headers.ts';
import type { SipRequest } from '../../lib/sip/message.ts';
import { contactUri } from '../../lib/sip/name-addr.ts';
import type { GatewayPlan } from './gateway-plan.ts';
import type { Referring } from './referring.ts';
import type { RingsReliably } from './reliable.ts';
import { type Agreed, Session } from './session.ts';
import { type Repeater, wire } from './wire.ts';
import type { Within } from './within.ts';

/** What may answer behind a gateway, by the tag that it says. */
export type Device = 'gw' | 'fork';

export type GatewayLeg = {
  readonly invite: SipRequest;
  readonly plan: GatewayPlan;
  state: 'new' | 'proceeding' | 'answered' | 'refused' | 'over';
  /** The tags of its 2xx that were not hung up yet. */
  readonly up: Set<Device>;
  readonly repeaters: Repeater[];
  readonly acked: Set<string>;
  wasCancelled: boolean;
  readonly within: Within;
  readonly reliable: RingsReliably;
  readonly sessions: Readonly<Record<Device, Session>>;
  /** Absent: it does not ask to have its call transferred. */
  readonly referring: Referring | undefined;
};

export function sessionsOf(callId: string, { hasOwnSdp }: GatewayPlan): GatewayLeg['sessions'] {
  const sessionOf = (tag: Device) =>
    new Session(hasOwnSdp === true ? `${callId}/${tag}` : undefined);
  return { gw: sessionOf('gw'), fork: sessionOf('fork') };
}

/** Which device a request is for. */
export function deviceOf({ to }: SipRequest): Device {
  return to.tag === 'fork' ? 'fork' : 'gw';
}

/** What a PRACK is to hear. */
export function acknowledgedEarly(leg: GatewayLeg, prack: SipRequest): 200 | 481 {
  hearAnswer(leg, prack);
  return leg.reliable.hear(prack);
}

/** The caller's answer to the offer that a device has answered or rung with. */
export function hearAnswer({ sessions }: GatewayLeg, request: SipRequest): void {
  const session = sessions[deviceOf(request)];
  if (request.body !== '') session.agree(session.first, request.body);
}

/** One end of a dialog that a gateway believes to talk in. */
export type End = {
  readonly callId: string;
  readonly tag: string;
  readonly isAcknowledged: boolean;
  /** Nothing about its session is open. */
  readonly isQuiet: boolean;
  readonly agreed: Agreed | undefined;
};

/** The devices of a leg that were not hung up. */
export function endsOfLeg({ invite, up, acked, within, sessions }: GatewayLeg): readonly End[] {
  return [...up].map((tag) => ({
    callId: invite.callId,
    tag,
    isAcknowledged: acked.has(tag),
    isQuiet: within.isQuiet,
    agreed: sessions[tag].agreed,
  }));
}

/** A request in the dialog of its first answer. */
export function requestOf(
  me: Address,
  { callId, headers }: SipRequest,
  method: string,
  cseq: number,
  branch: string,
  body: string,
  more: readonly string[] = [],
): Buffer {
  return wire(
    `${method} ${contactUri(headerValue(headers, 'contact') ?? '')} SIP/2.0`,
    [
      `Via: SIP/2.0/UDP ${writeAddress(me)};branch=z9hG4bK${branch}${callId};rport`,
      'Max-Forwards: 70',
      `From: ${headerValue(headers, 'to')};tag=gw`,
      `To: ${headerValue(headers, 'from')}`,
      `Call-ID: ${callId}`,
      `CSeq: ${cseq} ${method}`,
      `Contact: <sip:peer@${writeAddress(me)}>`,
      ...more,
    ],
    body,
  );
}
