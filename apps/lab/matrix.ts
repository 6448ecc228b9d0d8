import { setTimeout as pause } from 'node:timers/promises';
import { TraceBook } from './call-trace.ts';
import { Caller } from './caller.ts';
import type { CallerType } from './caller-words.ts';
import { finalsOf } from './checks.ts';
import { PHASES, type Phase, type Row, STILL, type Stage, seatsOf, type Take } from './row.ts';
import { FAULT_ROWS } from './rows-faults.ts';
import { FIRST_ROWS } from './rows-first.ts';
import { LATER_ROWS } from './rows-later.ts';
import type { RunningLab } from './running-lab.ts';
import { breakRedis } from './site-redis.ts';
import { callerAddress, siteName } from './topology.ts';
import type { TransitState } from './transit-link.ts';
import { faultsOf, judge, type PlayedTake, transportOf, type Verdict } from './verdict.ts';

const BETWEEN_CALLS_MS = 40;
const NUMBERS = 50_000;
/** P2 gives a gateway a second to hear of the end; then it is looked at. */
const SETTLE_MS = 1500;
const BEFORE_FAULT_MS = 1500;

export const ROWS: readonly Row[] = [...FIRST_ROWS, ...LATER_ROWS, ...FAULT_ROWS];
export const CALLER_TYPES: readonly CallerType[] = ['H', 'P', 'I', 'S', 'T'];

export type Selection = {
  /** Ids of rows; absent: all. */
  readonly rows: readonly string[] | undefined;
  readonly callers: readonly CallerType[];
  /** The route stays at one site. */
  readonly isStill: boolean;
};

/** A call of a row when it is over, as a line of the log. */
export type PlayedCall = {
  readonly row: string;
  readonly caller: CallerType;
  readonly transport: string;
  readonly take: string;
  readonly faults: readonly string[];
  readonly legsB: number;
  readonly legsLeft: number;
  /** Final responses that the caller heard, repetitions too: `1 INVITE: 200 from 192.0.2.112:5060`. */
  readonly finals: readonly string[];
} & PlayedTake['trace'];

/** Plays the rows, phase after phase, and answers a verdict for each row and caller. */
export async function playMatrix(
  lab: RunningLab,
  { rows, callers, isStill }: Selection,
  tell: (call: PlayedCall) => void,
): Promise<readonly Verdict[]> {
  const { sites } = lab.options;
  const book = new TraceBook();
  await lab.transit.watch((packet) => book.see(packet));
  const wanted = ROWS.filter(({ id }) => rows === undefined || rows.includes(id));
  const pairs = wanted.flatMap((row) => callers.map((caller) => ({ row, caller })));
  const verdicts = new Map<string, Verdict>();
  const keep = (verdict: Verdict) => verdicts.set(`${verdict.row} ${verdict.caller}`, verdict);
  let number = firstNumber(await lab.transit.state());
  for (const phase of PHASES) {
    const inPhase = pairs.filter(({ row }) => (row.phase ?? 'quiet') === phase);
    const stage = await setStage(lab, phase, inPhase.length > 0);
    const playing = [];
    for (const { row, caller } of inPhase) {
      const why = row.notFor?.(caller, sites) ?? (isStill ? row.notStill : undefined);
      if (why !== undefined) {
        const transport = transportOf(caller);
        keep({ row: row.id, caller, transport, outcome: 'n/a', why });
        continue;
      }
      const takes = row.takes(isStill ? STILL : seatsOf(sites), caller).map((take) => {
        number += 1;
        return { take, ...nameOf(row, caller, number) };
      });
      playing.push(
        Promise.all(takes.map((one) => playTake({ ...one, caller, lab, book, stage }))).then(
          (played) => {
            keep(judge(row.id, caller, played));
            for (const one of played) tell(lineOf(row, caller, one));
          },
        ),
      );
      await pause(BETWEEN_CALLS_MS * takes.length);
    }
    await Promise.all(playing);
  }
  await lab.calm();
  return pairs.flatMap(({ row, caller }) => verdicts.get(`${row.id} ${caller}`) ?? []);
}

/** What is left of an earlier run in the same lab must not be taken for this one's. */
export const firstNumber = ({ atMs }: TransitState) => Math.floor(atMs / 100) % NUMBERS;

function nameOf({ id }: Row, caller: CallerType, number: number) {
  const range = caller === 'S' ? 'behindFirewall' : 'free';
  return { name: `${id}-${caller}-${number}`, address: callerAddress(range, number) };
}

type Played = {
  readonly take: Take;
  readonly caller: CallerType;
  readonly name: string;
  readonly address: string;
  readonly lab: RunningLab;
  readonly book: TraceBook;
  readonly stage: Stage;
};

async function playTake(played: Played): Promise<PlayedTake> {
  const { take, caller: type, name, address, lab, book, stage } = played;
  book.open(name, address);
  await lab.transit.route(take.route, address);
  const { dialled } = take;
  const caller = await new Caller({ type, name, address, dialled, ...take.caller }).open();
  await take.play(caller, stage);
  await pause(SETTLE_MS);
  const trace = book.close(name);
  caller.close();
  return { take, trace };
}

function lineOf({ id }: Row, caller: CallerType, { take, trace }: PlayedTake): PlayedCall {
  return {
    row: id,
    caller,
    transport: transportOf(caller),
    take: take.name,
    faults: faultsOf(take, trace),
    legsB: trace.legs.length,
    legsLeft: trace.legs.filter(({ endedAt }) => endedAt === undefined).length,
    finals: finalsOf(trace),
    ...trace,
  };
}

/** What all calls of a phase wait for happens once, when the last of them has had time to ring. */
async function setStage(lab: RunningLab, phase: Phase, isUsed: boolean): Promise<Stage> {
  if (isUsed && phase !== 'quiet') await lab.calm();
  if (isUsed && (phase === 'cut' || phase === 'heals')) await cutSites(lab);
  if (isUsed && phase === 'hangs') await breakRedis(lab, 'hang');
  let done: Promise<void> | undefined;
  const once = (act: () => Promise<void>) => {
    done ??= pause(BEFORE_FAULT_MS).then(act);
    return done;
  };
  return {
    heal: () => once(() => lab.calm()),
    restart: (site) =>
      once(async () => {
        await lab.stopSite(site);
        await lab.startSite(site);
      }),
  };
}

async function cutSites({ options: { sites }, transit }: RunningLab): Promise<void> {
  for (let one = 1; one <= sites; one += 1)
    for (let other = one + 1; other <= sites; other += 1)
      await transit.link([siteName(one), siteName(other)], { cut: true });
}
