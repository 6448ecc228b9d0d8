import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Misuse, numberOf, readLabArguments } from './lab-arguments.ts';
import { LabFault } from './lab-fault.ts';
import { bringUp, joinLab, type LabOptions, takeDown } from './running-lab.ts';
import {
  ANYCAST,
  CALLERS,
  GATEWAY,
  gatewaySideOf,
  SITES_MAX,
  siteName,
  unicastOf,
} from './topology.ts';

export const FOLDER = path.join(tmpdir(), 'landfall-lab');

/** What `up` takes, and every command that may bring a lab up. */
export const UP_OPTIONS = {
  folder: { type: 'string', default: FOLDER },
  sites: { type: 'string', default: '3' },
  seed: { type: 'string', default: '1' },
  'between-sites-ms': { type: 'string', default: '80' },
  'life-sec': { type: 'string', default: '14400' },
} as const;

type UpValues = { readonly [key in keyof typeof UP_OPTIONS]: string };

export function labOptionsOf(values: UpValues): LabOptions {
  return {
    folder: path.resolve(values.folder),
    sites: numberOf('sites', values.sites, { min: 1, max: SITES_MAX }),
    seed: numberOf('seed', values.seed, { min: 0, max: 2 ** 31 }),
    betweenSitesMs: numberOf('between-sites-ms', values['between-sites-ms'], { min: 0, max: 2000 }),
    lifeSec: numberOf('life-sec', values['life-sec'], { min: 10, max: 86_400 }),
  };
}

/** `lab up`: says what there is and what to try next. */
export async function up(args: readonly string[]): Promise<boolean> {
  const { values } = readLabArguments(args, UP_OPTIONS);
  const lab = await bringUp(labOptionsOf(values));
  console.log(pictureOf(lab.options));
  lab.close();
  return true;
}

function pictureOf({ sites, betweenSitesMs, folder }: LabOptions): string {
  const site = (number: number) => {
    const [unicast, inside] = [unicastOf(number), gatewaySideOf(number)];
    return `  ${siteName(number).padEnd(9)} A ${ANYCAST}  U ${unicast}  gateway side ${inside}`;
  };
  return [
    `A lab of ${sites} sites, ${betweenSitesMs} ms each way between two of them`,
    `  callers   ${Object.values(CALLERS).join(' and, behind a firewall that knows only A, ')}`,
    ...Array.from({ length: sites }, (_, index) => site(index + 1)),
    `  gateways  ${GATEWAY}`,
    `  wire      ${path.join(folder, 'wire.ndjson')}`,
    'Try: npm run lab -- matrix --rows F2a        then: npm run lab -- down',
  ].join('\n');
}

/** `lab down`: fails where there was no lab. */
export async function down(args: readonly string[]): Promise<boolean> {
  const { values } = readLabArguments(args, { folder: UP_OPTIONS.folder });
  const folder = path.resolve(values.folder);
  const complaint = await takeDown(folder);
  if (complaint !== undefined) throw new LabFault(complaint);
  console.log(`The lab is down; ${folder} is gone, and every namespace and process with it`);
  return true;
}

/** `lab in PLACE COMMAND...` */
export async function inPlace(args: readonly string[]): Promise<boolean> {
  const words = [...args];
  const named = words[0] === '--folder' ? words.splice(0, 2)[1] : FOLDER;
  const [place, ...command] = words;
  if (place === undefined || named === undefined || command.length === 0)
    throw new Misuse('PLACE and COMMAND are missing');
  const lab = await joinLab(path.resolve(named));
  const enter = await lab.enter(place);
  lab.close();
  return (await runHere([...enter, ...command])) === 0;
}

/** Runs a program with our terminal to its end; answers its exit code. */
export function runHere(
  [program = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, ...env } });
    // We outlive it: what we brought up is taken down behind it.
    const pass = (signal: NodeJS.Signals) => void child.kill(signal);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, pass);
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
