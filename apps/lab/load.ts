import { setTimeout as pause } from 'node:timers/promises';
import { TraceBook } from './call-trace.ts';
import { Caller } from './caller.ts';
import type { CallerType } from './caller-words.ts';
import { flapRule } from './flap.ts';
import { isInside, runInside } from './inside.ts';
import { Misuse, numberOf, readLabArguments } from './lab-arguments.ts';
import { LINK_OPTIONS, linkSettingOf, setCallersLinks } from './link.ts';
import { CALLER_TYPES, firstNumber } from './matrix.ts';
import type { Stage, Take } from './row.ts';
import { everyKind, type Patience } from './rows-later.ts';
import { joinLab, type RunningLab } from './running-lab.ts';
import { loadBySipp } from './sipp-load.ts';
import { callerAddress } from './topology.ts';
import type { RouteRule } from './transit-link.ts';
import { labOptionsOf, UP_OPTIONS } from './up-and-down.ts';
import { faultsOf } from './verdict.ts';

const CALLS_MAX = 40_000;
const PATIENCE_MS = 12_000;
const SETTLE_MS = 1500;
const PATIENCE: Patience = { repeatsMax: 5, reInviteAfterMs: 2500 };
const REASONS_SHOWN = 12;

/** Nothing is done to the lab while a load is on. */
const NO_STAGE: Stage = {
  restart: () => Promise.resolve(),
  heal: () => Promise.resolve(),
};

/** `lab load`: whether no call failed, no leg b was doubled and none was left. */
export async function load(args: readonly string[]): Promise<boolean> {
  const asked = readLoadArguments(args);
  if (!isInside()) return runInside(asked.lab);
  const lab = await joinLab(asked.lab.folder);
  await setCallersLinks(lab, asked.links);
  const isFine = asked.caller === 'sipp' ? await loadBySipp(lab, asked) : await play(lab, asked);
  await lab.calm();
  lab.close();
  return isFine;
}

export type LoadArguments = ReturnType<typeof readLoadArguments>;

function readLoadArguments(args: readonly string[]) {
  const { values } = readLabArguments(args, {
    ...UP_OPTIONS,
    cps: { type: 'string' },
    calls: { type: 'string' },
    'flap-every': { type: 'string' },
    ...LINK_OPTIONS,
    caller: { type: 'string' },
  });
  const { cps: rate, caller, 'flap-every': every } = values;
  if (rate === undefined) throw new Misuse('--cps is missing');
  const cps = numberOf('cps', rate, { min: 1, max: 1000 });
  const known: readonly string[] = [...CALLER_TYPES, 'sipp'];
  if (caller !== undefined && !known.includes(caller))
    throw new Misuse(`--caller ${caller}: ${known.join(', ')} would be right`);
  const options = labOptionsOf(values);
  const rule: RouteRule =
    every === undefined ? { to: 1 } : flapRule('flap-every', every, options.seed);
  const calls = values.calls ?? `${Math.ceil(cps * 10)}`;
  return {
    lab: options,
    cps,
    calls: numberOf('calls', calls, { min: 1, max: CALLS_MAX }),
    rule,
    links: linkSettingOf(values),
    caller,
  };
}

type Tally = {
  failed: number;
  doubled: number;
  left: number;
  readonly reasons: Map<string, number>;
};

async function play(lab: RunningLab, asked: LoadArguments): Promise<boolean> {
  const { calls, cps, rule, caller } = asked;
  const book = new TraceBook();
  await lab.transit.watch((packet) => book.see(packet));
  await lab.transit.route(rule);
  const kinds = everyKind('', rule, PATIENCE);
  const types = caller === undefined ? (['H', 'P', 'I', 'S'] as const) : [caller as CallerType];
  const tally: Tally = { failed: 0, doubled: 0, left: 0, reasons: new Map() };
  const first = firstNumber(await lab.transit.state());
  const startedAt = performance.now();
  const playing = [];
  for (let index = 0; index < calls; index += 1) {
    const take = kinds[index % kinds.length];
    const type = types[Math.floor(index / kinds.length) % types.length];
    if (take === undefined || type === undefined) throw new Error(`call ${index} has no kind`);
    playing.push(playCall(book, take, type, first + index, tally));
    const dueMs = startedAt + ((index + 1) * 1000) / cps;
    await pause(Math.max(0, dueMs - performance.now()));
  }
  await Promise.all(playing);
  await lab.transit.route({ to: 1 });
  for (const [reason, times] of mostOf(tally.reasons)) console.log(`${times} x ${reason}`);
  const { failed, doubled, left } = tally;
  const sec = ((performance.now() - startedAt) / 1000).toFixed(0);
  console.log(
    `${calls} calls in ${sec} s: ${failed} failed, ${doubled} with a second leg b, ${left} left legs`,
  );
  return failed === 0 && doubled === 0 && left === 0;
}

async function playCall(
  book: TraceBook,
  take: Take,
  type: CallerType,
  number: number,
  tally: Tally,
): Promise<void> {
  const range = type === 'S' ? 'behindFirewall' : 'free';
  const address = callerAddress(range, number);
  const name = `load-${type}-${number}`;
  book.open(name, address);
  const { dialled } = take;
  const caller = await new Caller({ type, name, address, dialled, patienceMs: PATIENCE_MS }).open();
  await take.play(caller, NO_STAGE);
  await pause(SETTLE_MS);
  caller.close();
  const trace = book.close(name);
  const faults = faultsOf(take, trace);
  if (faults.length > 0) tally.failed += 1;
  if (trace.legs.length > 1) tally.doubled += 1;
  if (trace.legs.some(({ endedAt }) => endedAt === undefined)) tally.left += 1;
  for (const fault of faults) {
    const reason = `${type} ${take.name}: ${fault}`;
    tally.reasons.set(reason, (tally.reasons.get(reason) ?? 0) + 1);
  }
}

const mostOf = (reasons: ReadonlyMap<string, number>) =>
  [...reasons].sort(([, one], [, other]) => other - one).slice(0, REASONS_SHOWN);
