import { setTimeout as pause } from 'node:timers/promises';
import { type CallTrace, TraceBook } from './call-trace.ts';
import { Caller } from './caller.ts';
import type { CallerType } from './caller-words.ts';
import { firstNumber } from './matrix.ts';
import type { Stage, Take } from './row.ts';
import { everyKind, type Patience } from './rows-later.ts';
import type { RunningLab } from './running-lab.ts';
import { callerAddress } from './topology.ts';
import type { RouteRule } from './transit-link.ts';
import { faultsOf } from './verdict.ts';

const PATIENCE_MS = 12_000;
const SETTLE_MS = 1500;
const PATIENCE: Patience = { repeatsMax: 5, reInviteAfterMs: 2500 };

/** What is done to the lab while a load is on is not done by its calls. */
const NO_STAGE: Stage = {
  restart: () => Promise.resolve(),
  heal: () => Promise.resolve(),
};

export type LoadPlan = {
  readonly calls: number;
  readonly cps: number;
  readonly rule: RouteRule;
  readonly types: readonly CallerType[];
  /** Absent: of every kind, in a hurry. */
  readonly kinds?: readonly Take[];
  /** How long a call is watched after its caller was done. */
  readonly settleMs?: number;
};

/** A call of a load when it is over. */
export type LoadCall = {
  /** Its place in the load, from 0. */
  readonly index: number;
  readonly type: CallerType;
  readonly take: Take;
  readonly trace: CallTrace;
  readonly faults: readonly string[];
};

export type LoadEars = {
  /** A call is about to begin. */
  before(index: number): Promise<void>;
  heard(call: LoadCall): void;
};

/** Plays calls of every kind at a rate, each with a caller of its own; answers how long it took. */
export async function playCalls(
  lab: RunningLab,
  {
    calls,
    cps,
    rule,
    types,
    kinds = everyKind('', rule, PATIENCE),
    settleMs = SETTLE_MS,
  }: LoadPlan,
  ears: LoadEars,
): Promise<number> {
  const book = new TraceBook();
  await lab.transit.watch((packet) => book.see(packet));
  await lab.transit.route(rule);
  const first = firstNumber(await lab.transit.state());
  const startedAt = performance.now();
  const playing = [];
  for (let index = 0; index < calls; index += 1) {
    const take = kinds[index % kinds.length];
    const type = types[Math.floor(index / kinds.length) % types.length];
    if (take === undefined || type === undefined) throw new Error(`call ${index} has no kind`);
    await ears.before(index);
    const call = { book, take, type, number: first + index, settleMs };
    const isOver = playCall(call).then((trace) =>
      ears.heard({ index, type, take, trace, faults: faultsOf(take, trace) }),
    );
    playing.push(isOver);
    const dueMs = startedAt + ((index + 1) * 1000) / cps;
    await pause(Math.max(0, dueMs - performance.now()));
  }
  const begunMs = performance.now() - startedAt;
  await Promise.all(playing);
  await lab.transit.route({ to: 1 });
  return begunMs;
}

type OneCall = {
  readonly book: TraceBook;
  readonly take: Take;
  readonly type: CallerType;
  readonly number: number;
  readonly settleMs: number;
};

async function playCall({ book, take, type, number, settleMs }: OneCall): Promise<CallTrace> {
  const range = type === 'S' ? 'behindFirewall' : 'free';
  const address = callerAddress(range, number);
  const name = `load-${type}-${number}`;
  book.open(name, address);
  const { dialled } = take;
  const caller = await new Caller({ type, name, address, dialled, patienceMs: PATIENCE_MS }).open();
  await take.play(caller, NO_STAGE);
  await pause(settleMs);
  caller.close();
  return book.close(name);
}
