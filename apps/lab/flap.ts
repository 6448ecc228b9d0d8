import path from 'node:path';
import { Misuse, numberOf, readLabArguments } from './lab-arguments.ts';
import { joinLab } from './running-lab.ts';
import { siteName } from './topology.ts';
import type { RouteRule } from './transit-link.ts';
import { UP_OPTIONS } from './up-and-down.ts';

const EVERY_MS = { min: 10, max: 3_600_000 };

/** `lab flap`: moves the route of all callers that have none of their own. */
export async function flap(args: readonly string[]): Promise<boolean> {
  const { values } = readLabArguments(args, {
    folder: UP_OPTIONS.folder,
    to: { type: 'string' },
    every: { type: 'string' },
    seed: { type: 'string', default: '1' },
  });
  const { to, every } = values;
  if ((to === undefined) === (every === undefined))
    throw new Misuse('--to SITE or --every packet would be right, one of them');
  const seed = numberOf('seed', values.seed, { min: 0, max: 2 ** 31 });
  const drawn = every === undefined ? undefined : flapRule('every', every, seed);
  const lab = await joinLab(path.resolve(values.folder));
  try {
    const { sites } = lab.options;
    const rule = drawn ?? { to: numberOf('to', to, { min: 1, max: sites }) };
    await lab.transit.route(rule);
  } finally {
    lab.close();
  }
  const what = to === undefined ? `a site drawn anew: every ${every}` : siteName(Number(to));
  console.log(`A leads to ${what}`);
  return true;
}

/** `packet`, `message` or milliseconds. */
export function flapRule(key: string, text: string, seed: number): RouteRule {
  if (text === 'packet' || text === 'message') return { each: text, seed };
  if (/^\d+$/.test(text)) return { everyMs: numberOf(key, text, EVERY_MS), seed };
  throw new Misuse(`--${key} ${text}: packet, message or milliseconds would be right`);
}
