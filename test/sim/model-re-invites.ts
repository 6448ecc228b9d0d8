import type { Complain } from './model.ts';
import { type CallSeen, isAtOnce, isBefore, type Mark } from './reading.ts';
import type { Seen, Witnessed } from './witness.ts';

/** One re-INVITE on one side of the wire. */
type ReInvite = {
  readonly side: Seen['side'];
  readonly way: Seen['way'];
  readonly branch: string | undefined;
  readonly begun: Mark;
  heard: Mark | undefined;
  final: (Mark & { readonly status: number }) | undefined;
  cancelled: Mark | undefined;
};

/**
 * What the other side says last to a re-INVITE comes back at once. Its CANCEL crosses to each
 * INVITE that is open for it there, as soon as that was heard of and not before. [3261-9.1]
 */
export function judgeReInvites({ seen }: Witnessed, call: CallSeen, say: Complain): void {
  const all = reInvitesIn(seen);
  for (const asked of all.filter(({ way }) => way === 'in')) {
    const { side, begun, cancelled, final } = asked;
    const crossed = all.filter(
      (ours) =>
        ours.way === 'out' &&
        ours.side !== side &&
        isBefore(begun, ours.begun) &&
        isBefore(ours.begun, final),
    );
    judgeLastWord(asked, crossed.at(-1), call, say);
    for (const ours of crossed) judgeCancel(asked, ours, call, say);
    if (cancelled === undefined || isBefore(final, cancelled) || isOver(call, cancelled)) continue;
    const isOpen = crossed.some((ours) => !isBefore(ours.final, cancelled));
    if (!isOpen && !isAtOnce(final, cancelled)) say('P2', 'a re-INVITE in its turn got no 487');
  }
}

/** Glare is tried again, unless who asked has taken it back. */
function judgeLastWord(
  asked: ReInvite,
  ours: ReInvite | undefined,
  call: CallSeen,
  say: Complain,
): void {
  const last = ours?.final;
  if (last === undefined || isBefore(asked.final, last) || isOver(call, last)) return;
  if (last.status === 491 && !isBefore(asked.cancelled, last)) return;
  if (!isAtOnce(asked.final, last)) say('P4', `the ${last.status} to a re-INVITE did not cross`);
}

function judgeCancel(asked: ReInvite, ours: ReInvite, call: CallSeen, say: Complain): void {
  const { heard, final, cancelled } = ours;
  if (cancelled !== undefined && !isBefore(heard, cancelled)) {
    say('P2', 'the CANCEL of a re-INVITE went before anything was heard');
  }
  if (cancelled !== undefined && !isBefore(asked.cancelled, cancelled)) {
    say('P2', 'a re-INVITE was cancelled that nobody had cancelled');
  }
  if (asked.cancelled === undefined || heard === undefined) return;
  const due = isBefore(heard, asked.cancelled) ? asked.cancelled : heard;
  if (isBefore(final, due) || isAtOnce(final, due) || isOver(call, due)) return;
  if (isBefore(asked.final, due)) return;
  if (!isAtOnce(cancelled, due))
    say('P2', `the CANCEL of a re-INVITE did not cross at ${due.atMs}`);
}

function isOver({ byeIn, byeOut, gone, legs }: CallSeen, at: Mark): boolean {
  const byes = legs.flatMap(({ answers }) => answers.flatMap((one) => [one.byeIn, one.byeOut]));
  return [byeIn, byeOut, gone, ...byes].some((one) => isBefore(one, at));
}

function reInvitesIn(seen: readonly Seen[]): readonly ReInvite[] {
  const all: ReInvite[] = [];
  seen.forEach(({ way, side, message, atMs }, index) => {
    const mark = { index, atMs };
    const { branch } = message.via;
    const isRequest = message.kind === 'request';
    const known = all.find((one) => one.branch === branch && one.side === side);
    if (isRequest && message.method === 'INVITE' && message.to.tag !== undefined) {
      if (known !== undefined) return;
      const open = { heard: undefined, final: undefined, cancelled: undefined };
      all.push({ side, way, branch, begun: mark, ...open });
    } else if (isRequest && message.method === 'CANCEL' && known?.way === way) {
      known.cancelled ??= mark;
    } else if (!isRequest && message.cseq.method === 'INVITE' && known !== undefined) {
      if (known.way === way) return;
      known.heard ??= mark;
      const { status } = message;
      if (status >= 200) known.final ??= { ...mark, status };
    }
  });
  return all;
}
