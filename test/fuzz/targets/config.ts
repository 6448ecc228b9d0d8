import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../../config/load.ts';
import { describeProblem } from '../../../config/problems.ts';
import { SITE } from '../../unit/config/sample.ts';
import type { Choices } from '../choices.ts';
import { must, type Target } from '../target.ts';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const EXAMPLE = readFileSync(path.join(HERE, '../../../config/examples/site.yaml'), 'utf8');
const VALUES = [
  ['', '~', '0', '-1', '112', '1e999', '.nan', '.inf', '0x7f', 'true', 'yes', '[]', '{}', '""'],
  ['[[]]', '{ a: 1 }', '"env:NAME"', '"file:/nowhere"', '"sip:10.0.1.31"', '192.0.2.112'],
  ['&a [*a]', '*a', '&a x', '!!binary aGk=', '!!set { a }', '!x y', '? [a]', '"\\u0000"', '|'],
  ['9007199254740993', '2026-11-26', '"10.9.0.11:7112"', '::1', 'psap', 'sto', '<<', '"\\x80"'],
].flat();
const KEYS = [
  'site',
  'listen',
  'gateways',
  'group',
  'match',
  'trunks',
  'peers',
  'cluster',
  'media',
];
const LOOSE = [
  'admin: { listen: "0.0.0.0:1" }',
  'constructor: 1',
  '__proto__: { a: 1 }',
  '---',
  '%',
];

/** Site files that were changed in any way, beside variables and arguments. */
export const CONFIG: Target = {
  name: 'config',
  share: 500,
  run(choices) {
    let text = choices.chance(0.3) ? EXAMPLE : SITE;
    for (let left = choices.below(5); left >= 0; left -= 1) text = changed(choices, text);
    choices.shown = text;
    const env = Object.fromEntries(choices.list(2, () => variable(choices)));
    const overrides = Object.fromEntries(
      choices.list(1, () => [`${choices.pick(KEYS)}.listen`, choices.pick(VALUES)]),
    );
    const loaded = loadConfig({ text, env, overrides, readFile: unreadable });
    if (loaded.kind === 'valid') return;
    must(loaded.problems.length > 0, 'invalid without a problem');
    must(loaded.problems.length <= text.length, 'more problems than letters');
    for (const problem of loaded.problems) {
      const { wrong, want, key, at, source } = problem;
      must(wrong !== '' && want !== '', 'a problem without words', problem);
      const isPlaced = key !== '' || at !== undefined || source !== undefined;
      must(isPlaced || /^is not|^cannot/.test(wrong), 'a problem without a place', problem);
      must(!/undefined|\[object/.test(`${wrong} ${want}`), 'words that say nothing', problem);
      must(describeProblem(problem, 'F').length < 2000, 'a problem of many words', problem);
    }
  },
};

const variable = (choices: Choices): readonly [string, string] => [
  `LANDFALL_${choices.pick(['SITE', 'LISTEN', 'GATEWAYS', 'CLUSTER_KEYS', 'HUNT_BUDGET_MS', 'X'])}`,
  choices.pick(VALUES),
];

function changed(choices: Choices, text: string): string {
  const lines = text.split('\n');
  const at = choices.below(lines.length);
  const line = lines[at] ?? '';
  const value = choices.pick(VALUES);
  return choices.pick<() => string>([
    () => lines.toSpliced(at, 1, line.replace(/: .*$/, `: ${value}`)).join('\n'),
    () => lines.toSpliced(at, 1, line.replace(/: [^,}\]]+(?=[,}\]])/, `: ${value}`)).join('\n'),
    () => lines.toSpliced(at, 1, line.replace(/[a-z]+(?=:)/i, choices.pick(KEYS))).join('\n'),
    () => lines.toSpliced(at, 1).join('\n'),
    () => lines.toSpliced(at, 0, line).join('\n'),
    () => lines.toSpliced(at, 0, choices.pick(LOOSE)).join('\n'),
    () => lines.toSpliced(at, 1, ` ${line}`).join('\n'),
    () => {
      const place = choices.below(text.length + 1);
      const rest = text.slice(place + choices.below(4));
      return `${text.slice(0, place)}${choices.pick(['', ':', '"', '[', '\t', '\0', '&', '*'])}${rest}`;
    },
  ])();
}

function unreadable(file: string): string {
  throw new Error(`ENOENT: ${file}`);
}
