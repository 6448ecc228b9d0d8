import path from 'node:path';
import { Misuse, numberOf, readLabArguments } from './lab-arguments.ts';
import { joinLab, type RunningLab } from './running-lab.ts';
import { CALLERS_PLACE, siteName } from './topology.ts';
import type { RouteRule } from './transit-link.ts';
import { UP_OPTIONS } from './up-and-down.ts';

const EVERY_MS = { min: 10, max: 3_600_000 };

/** `lab flap`: moves the route of all callers that have none of their own. */
export async function flap(args: readonly string[]): Promise<boolean> {
  const { values } = readLabArguments(args, {
    folder: UP_OPTIONS.folder,
    to: { type: 'string' },
    every: { type: 'string' },
    loss: { type: 'string' },
    seed: { type: 'string', default: '1' },
  });
  const { to, every, loss } = values;
  if (to === undefined && every === undefined && loss === undefined)
    throw new Misuse('--to, --every or --loss is missing');
  const seed = numberOf('seed', values.seed, { min: 0, max: 2 ** 31 });
  const rule = every === undefined ? undefined : flapRule('every', every, seed);
  const share = loss === undefined ? undefined : numberOf('loss', loss, { min: 0, max: 1 });
  const lab = await joinLab(path.resolve(values.folder));
  const { sites } = lab.options;
  const fixed = to === undefined ? undefined : numberOf('to', to, { min: 1, max: sites });
  if (share !== undefined) await loseOfCallers(lab, share);
  if (fixed !== undefined) await lab.transit.route({ to: fixed });
  if (rule !== undefined) await lab.transit.route(rule);
  lab.close();
  if (fixed !== undefined) console.log(`A leads to ${siteName(fixed)}`);
  if (rule !== undefined) console.log(`A leads to a site drawn anew: every ${every}`);
  if (share !== undefined) console.log(`${share * 100} % of the callers' packets are lost`);
  return true;
}

/** `packet`, `message` or milliseconds. */
export function flapRule(key: string, text: string, seed: number): RouteRule {
  if (text === 'packet' || text === 'message') return { each: text, seed };
  if (/^\d+$/.test(text)) return { everyMs: numberOf(key, text, EVERY_MS), seed };
  throw new Misuse(`--${key} ${text}: packet, message or milliseconds would be right`);
}

export async function loseOfCallers(lab: RunningLab, loss: number): Promise<void> {
  for (let site = 1; site <= lab.options.sites; site += 1)
    await lab.transit.link([CALLERS_PLACE, siteName(site)], { loss });
}
