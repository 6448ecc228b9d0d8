import { headerValue } from '../../lib/sip/headers.ts';
import type { Header, SipMessage } from '../../lib/sip/message.ts';
import type { Complain } from './model.ts';
import { CALLBACK_MARK } from './outwards.ts';
import { answersInAck, answersOf, type CallSeen } from './reading.ts';
import type { Witnessed } from './witness.ts';

/** What each leg writes anew; every other header of an emergency call crosses as it is. */
const STAYS = (
  'via route record-route from to call-id cseq max-forwards contact content-length ' +
  'supported require allow session-expires min-se'
).split(' ');

/** What the caller sent to a gateway and the gateway to the caller, byte for byte. */
export function judgeCrossing({ seen }: Witnessed, call: CallSeen, say: Complain): void {
  const messages = seen.map(({ message }) => message);
  const asked = messages[call.invited.index];
  if (asked === undefined) return;
  for (const { invited } of call.legs) {
    const sent = messages[invited.index];
    if (sent === undefined) continue;
    if (call.isOutwards) judgeOne(asked, sent, call.emergency, 'INVITE', say);
    else judgeOne(withoutMark(asked), sent, call.emergency, 'INVITE', say);
    if (!call.isOutwards && isMarked(sent)) say('P13', 'it says that it calls back');
    if (hopsOf(sent) !== hopsOf(asked) - 1) {
      say('P5', `Max-Forwards came as ${hopsOf(asked)} and left as ${hopsOf(sent)}`);
    }
  }
  const [first] = answersOf(call);
  if (call.final?.status !== 200 || first === undefined) return;
  const [gave, heard] = [messages[first.answer.index], messages[call.final.index]];
  if (gave !== undefined && heard !== undefined) judgeOne(gave, heard, call.emergency, '200', say);
  const { acked } = first.answer;
  const ackIn = call.acked === undefined ? undefined : messages[call.acked.index];
  const ackOut = acked === undefined ? undefined : messages[acked.index];
  if (!answersInAck(call) || ackIn === undefined || ackOut === undefined) return;
  if (acked?.atMs === call.acked?.atMs && ackIn.body !== ackOut.body) {
    say('P13', 'the answer in the ACK did not cross');
  }
}

function judgeOne(
  from: SipMessage,
  to: SipMessage,
  emergency: boolean,
  what: string,
  say: Complain,
): void {
  if (from.body !== to.body) say('P13', `the body of its ${what} has changed`);
  if (!emergency) return;
  const wanted = linesOf(from).join('\n');
  const got = linesOf(to).join('\n');
  if (wanted !== got) say('P13', `the headers of its ${what} crossed as ${got}, not ${wanted}`);
}

/** From outside the mark of a callback does not cross (RFC 7090). */
function withoutMark(message: SipMessage): SipMessage {
  return { ...message, headers: message.headers.filter((one) => lineOf(one) !== CALLBACK_MARK) };
}

const isMarked = ({ headers }: SipMessage) => headers.some((one) => lineOf(one) === CALLBACK_MARK);

function linesOf({ headers }: SipMessage): string[] {
  return headers.filter(({ name }) => !STAYS.includes(name)).map(lineOf);
}

const lineOf = ({ written, value }: Header) => `${written}: ${value}`;

const hopsOf = ({ headers }: SipMessage) => Number(headerValue(headers, 'max-forwards'));
