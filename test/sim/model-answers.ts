import type { Complain } from './model.ts';
import type { CallSeen } from './reading.ts';
import type { Seen, Witnessed } from './witness.ts';

/** How long after its end a dialog is still known here. */
const REMEMBERED_MS = 31_000;

/** Every request of a far end is answered at once, and a dialog of ours is never denied. */
export function judgeAnswers({ seen }: Witnessed, call: CallSeen, say: Complain): void {
  const handled = new Set<string>();
  seen.forEach((one, index) => {
    const { message, way, side } = one;
    if (way !== 'in' || message.kind !== 'request' || message.method === 'ACK') return;
    const key = keyOf(one);
    if (handled.has(key)) return;
    handled.add(key);
    const answer = seen.slice(index).find((other) => other.way === 'out' && keyOf(other) === key);
    const status = answer?.message.kind === 'response' ? answer.message.status : undefined;
    const what = `${message.method} on leg ${side}`;
    if (status === undefined || (answer?.atMs ?? 0) - one.atMs > 1) {
      say('P4', `its ${what} was not answered at once`);
    } else if (status === 481 && isOurs(seen, index, call)) {
      say('P3', `its ${what} got 481`);
    }
  });
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
