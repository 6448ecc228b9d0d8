import { type Address, writeAddress } from '../../../lib/sip/address.ts';
import type { SipRequest } from '../../../lib/sip/message.ts';
import { SDP } from '../../sim/session.ts';
import { wire } from '../../sim/wire.ts';
import type { Choices } from '../choices.ts';

/** A gateway that has answered our INVITE has the call handed on, or another desk asks for it. */
export function transfer(choices: Choices, invite: SipRequest, gateway: Address, tag: string) {
  const { from, callId } = invite;
  const isRefer = choices.chance(0.6);
  const method = isRefer ? 'REFER' : 'INVITE';
  const cseq = 1 + choices.below(5);
  const replaces = `${callId};to-tag=${from.tag};from-tag=${tag}`;
  const led = choices.pick([
    writeAddress(gateway),
    '198.51.100.99:5060',
    `${writeAddress(gateway)}?Replaces=${encodeURIComponent(replaces)}`,
  ]);
  const headers = [
    `Via: SIP/2.0/UDP ${writeAddress(gateway)};branch=z9hG4bK${method}${cseq}-${callId.slice(0, 8)}`,
    'Max-Forwards: 70',
    `From: <sip:gw@${gateway.address}>;tag=${isRefer ? tag : `desk${cseq}`}`,
    `To: <sip:112@192.0.2.112>${isRefer ? `;tag=${from.tag}` : ''}`,
    `Call-ID: ${isRefer ? callId : `desk-${cseq}-${callId}`}`,
    `CSeq: ${cseq} ${method}`,
    `Contact: <sip:gw@${writeAddress(gateway)}>`,
    isRefer ? `Refer-To: <sip:112@${led}>` : `Replaces: ${replaces}`,
  ];
  const body = isRefer || choices.chance(0.2) ? '' : SDP;
  return wire(`${method} sip:${from.tag}@10.0.0.11 SIP/2.0`, headers, body).toString('latin1');
}
