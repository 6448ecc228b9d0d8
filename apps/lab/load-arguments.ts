import type { CallerType } from './caller-words.ts';
import { flapRule } from './flap.ts';
import { Misuse, namesOf, numberOf, readLabArguments } from './lab-arguments.ts';
import { LINK_OPTIONS, linkSettingOf } from './link.ts';
import { CALLER_TYPES } from './matrix.ts';
import { REDIS_FAULTS, type RedisFault } from './site-redis.ts';
import { REDIS_SITE } from './topology.ts';
import type { RouteRule } from './transit-link.ts';
import { labOptionsOf, UP_OPTIONS } from './up-and-down.ts';

const CALLS_MAX = 40_000;
const CUT_SEC = { min: 1, max: 6 };
const CUT_EVERY_SEC_MAX = 120;
const UDP_CALLERS = ['H', 'P', 'I', 'S'] as const;

/** What goes wrong among the sites while the calls go on. */
export type LoadFault =
  | { readonly kind: 'none' }
  | { readonly kind: 'redis'; readonly fault: RedisFault }
  | { readonly kind: 'cuts'; readonly cutEverySec: number; readonly cutForSec: number };

export type LoadArguments = ReturnType<typeof readLoadArguments>;

type FaultValues = {
  readonly 'redis-fault'?: string;
  readonly 'cut-link-every'?: string;
  readonly 'cut-link-for': string;
};

export function readLoadArguments(args: readonly string[]) {
  const { values } = readLabArguments(args, {
    ...UP_OPTIONS,
    cps: { type: 'string' },
    calls: { type: 'string' },
    'flap-every': { type: 'string' },
    twice: { type: 'string' },
    ...LINK_OPTIONS,
    caller: { type: 'string' },
    'redis-fault': { type: 'string' },
    'cut-link-every': { type: 'string' },
    'cut-link-for': { type: 'string', default: '3' },
  });
  const { cps: rate, caller, 'flap-every': every, twice } = values;
  if (rate === undefined) throw new Misuse('--cps is missing');
  const cps = numberOf('cps', rate, { min: 1, max: 1000 });
  const known: readonly string[] = [...CALLER_TYPES, 'sipp'];
  if (caller !== undefined && !known.includes(caller))
    throw new Misuse(`--caller ${caller}: ${known.join(', ')} would be right`);
  const fault = faultOf(values);
  if (fault.kind !== 'none' && caller === 'sipp')
    throw new Misuse('--caller sipp: H, P, I, S or T would be right where something breaks');
  const options = labOptionsOf(values);
  return {
    lab: options,
    cps,
    calls: numberOf('calls', values.calls ?? `${Math.ceil(cps * 10)}`, { min: 1, max: CALLS_MAX }),
    rule: ruleOf(every, twice, options.seed),
    links: linkSettingOf(values),
    caller,
    types: caller === undefined ? UDP_CALLERS : [caller as CallerType],
    fault,
  };
}

function ruleOf(every: string | undefined, twice: string | undefined, seed: number): RouteRule {
  const rule = every === undefined ? { to: REDIS_SITE } : flapRule('flap-every', every, seed);
  if (twice === undefined) return rule;
  const share = numberOf('twice', twice, { min: 0, max: 1 });
  if ('each' in rule) return { ...rule, twice: share };
  throw new Misuse('--twice: --flap-every packet or message would be right beside it');
}

function faultOf(values: FaultValues): LoadFault {
  const { 'redis-fault': redis, 'cut-link-every': every, 'cut-link-for': during } = values;
  if (redis !== undefined && every !== undefined)
    throw new Misuse('--redis-fault or --cut-link-every would be right, one of them');
  if (redis !== undefined) {
    namesOf('redis-fault', redis, REDIS_FAULTS);
    return { kind: 'redis', fault: redis as RedisFault };
  }
  if (every === undefined) return { kind: 'none' };
  const cutForSec = numberOf('cut-link-for', during, CUT_SEC);
  const limits = { min: cutForSec + 1, max: CUT_EVERY_SEC_MAX };
  return { kind: 'cuts', cutEverySec: numberOf('cut-link-every', every, limits), cutForSec };
}
