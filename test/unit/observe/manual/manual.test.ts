import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { METRICS, openCounters } from '../../../../lib/observe/counters.ts';
import { NOTICES } from '../../../../lib/observe/manual/notice-words.ts';
import { logsManual } from '../../../../lib/observe/manual/write-manual.ts';
import { QUIET } from '../../../support/quiet.ts';

const ROOT = join(__dirname, '..', '..', '..', '..');

const sources = ['lib', 'apps', 'config'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(ROOT, folder, name), 'utf8')),
);

/** The events that stand in a `note({...})`, or in a line of the log about itself. */
const NOTE = /(?:\bnote|log\.\w+)\(\{\s*event: '([^']+)'/g;

test('docs/LOGS.md is what npm run docs writes', () => {
  const written = readFileSync(join(ROOT, 'docs', 'LOGS.md'), 'utf8');
  expect({ hint: 'npm run docs', text: written }).toEqual({
    hint: 'npm run docs',
    text: logsManual(),
  });
});

test('every notice that the code gives is in the manual, and no other', () => {
  const given = sources.flatMap((text) => [...text.matchAll(NOTE)].map(([, event]) => event));
  expect(new Set(given)).toEqual(new Set(Object.keys(NOTICES)));
});

test('every notice has a fixed name', () => {
  const all = sources.flatMap((text) => text.match(/\bsink\.note\((?!\{\s*event: ')[^)]{0,80}/g));
  expect(all.filter((found) => found !== null)).toEqual([]);
});

test('every metric that a node shows is in the manual, with its type and help', async () => {
  const shown = (await openCounters(() => QUIET).text()).split('\n');
  const helps = shown.filter((line) => line.startsWith('# HELP ')).sort();
  const types = shown.filter((line) => line.startsWith('# TYPE ')).sort();
  expect(METRICS.map(({ name, help }) => `# HELP ${name} ${help}`).sort()).toEqual(helps);
  expect(METRICS.map(({ name, type }) => `# TYPE ${name} ${type}`).sort()).toEqual(types);
  for (const { name } of METRICS) expect(logsManual()).toContain(`\`${name}\``);
});

test('every counter that the code counts has a name and a label', () => {
  const counted = sources.flatMap((text) =>
    [...text.matchAll(/sink\.count\('([^']+)'/g)].map(([, counter]) => `landfall_${counter}_total`),
  );
  expect(counted).not.toEqual([]);
  const known = METRICS.map(({ name }) => name);
  expect(counted.filter((name) => !known.includes(name))).toEqual([]);
});
