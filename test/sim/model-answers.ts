import type { Complain } from './model.ts';
import { answersOf, type CallSeen, isBefore } from './reading.ts';
import { isJoin, type Seen, type Witnessed } from './witness.ts';

/** How long after its end a dialog is still known here. */
const REMEMBERED_MS = 31_000;

/** They cross within a dialog: the answer is the other side's, and so is its time. */
const CROSS: ReadonlySet<string> = new Set(['INVITE', 'UPDATE', 'INFO', 'MESSAGE', 'NOTIFY']);

/** What we answer ourselves is answered at once, and a dialog of ours is never denied. */
export function judgeAnswers({ seen }: Witnessed, call: CallSeen, say: Complain): void {
  const handled = new Set<string>();
  seen.forEach((one, index) => {
    const { message, way, side } = one;
    if (way !== 'in' || message.kind !== 'request' || message.method === 'ACK') return;
    const key = keyOf(one);
    if (handled.has(key)) return;
    handled.add(key);
    if (message.to.tag !== undefined && CROSS.has(message.method)) return;
    if (message.method === 'PRACK' && message.body !== '') return;
    // Judged with the transfers.
    if (message.method === 'REFER' || isJoin(message)) return;
    const answer = seen.slice(index).find((other) => other.way === 'out' && keyOf(other) === key);
    const status = answer?.message.kind === 'response' ? answer.message.status : undefined;
    const what = `${message.method} on leg ${side}`;
    if (status === undefined || (answer?.atMs ?? 0) - one.atMs > 1) {
      say('P4', `its ${what} was not answered at once`);
    } else if (status === 481 && isOurs(seen, index, call) && !isOldPrack(one, index, call)) {
      say('P3', `its ${what} got 481`);
    }
  });
}

/** After the final response nothing is owed that a PRACK could be for. */
function isOldPrack({ message }: Seen, index: number, { final }: CallSeen): boolean {
  return message.cseq.method === 'PRACK' && final !== undefined && final.index < index;
}

function keyOf({ message, side }: Seen): string {
  return `${side} ${message.via.branch} ${message.cseq.method}`;
}

/** A pending INVITE, or a dialog of a 2xx that has not ended long ago. */
function isOurs(seen: readonly Seen[], index: number, call: CallSeen): boolean {
  const one = seen[index];
  if (one === undefined || one.message.kind !== 'request') return false;
  if (one.message.method === 'CANCEL') return index > call.invited.index;
  const since = seen
    .slice(0, index)
    .find(({ side, message }) => side === one.side && isBye(message) && isSameLeg(one, message));
  return since === undefined || one.atMs - since.atMs < REMEMBERED_MS;
}

const isBye = (message: Seen['message']) => message.kind === 'request' && message.method === 'BYE';

const isSameLeg = ({ message }: Seen, other: Seen['message']) => message.callId === other.callId;

/** How long a 2xx may come again and find its ACK still here. */
const KEPT_MS = 31_000;

/** A 2xx of a gateway that comes again gets its ACK again. [3261-13.2.2.4] */
export function judgeRepeats({ seen }: Witnessed, call: CallSeen, say: Complain): void {
  for (const { leg, answer } of answersOf(call)) {
    if (answer.acked === undefined) continue;
    seen.forEach(({ way, side, message, atMs }, index) => {
      if (way !== 'in' || side !== 'b' || !isAnswer(message)) return;
      if (message.callId !== leg.callId || message.to.tag !== answer.tag) return;
      if (!isBefore(answer.acked, { index, atMs }) || atMs - answer.atMs > KEPT_MS) return;
      const next = seen[index + 1];
      const isAck = next?.message.kind === 'request' && next.message.method === 'ACK';
      if (!isAck || next.atMs !== atMs) say('P4', `a repeated 200 of ${leg.gateway} got no ACK`);
    });
  }
}

function isAnswer(message: Seen['message']): boolean {
  const { kind, cseq } = message;
  return (
    kind === 'response' && cseq.method === 'INVITE' && cseq.number === 1 && message.status === 200
  );
}
