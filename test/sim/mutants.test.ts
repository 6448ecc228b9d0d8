import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { copyOfProject, mutate } from '../support/mutate.ts';
import { tempFolder } from '../support/temp-folder.ts';
import type { Mutant } from './mutant.ts';
import { MUTANTS } from './mutants.ts';
import { runProgram } from './program.ts';

const PROJECT = path.join(__dirname, '..', '..');
const ALL_MS_MAX = 1_800_000;

type Caught = { readonly seed: number | undefined; readonly what: string };

const folder = tempFolder('mutants');
const caught = new Map<string, Caught>();

beforeAll(async () => {
  const waiting = [...MUTANTS];
  const workers = Array.from({ length: availableParallelism() }, async (_, worker) => {
    const copy = copyOfTheSite(String(worker));
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      caught.set(mutant.name, await hunt(mutant, copy));
    }
  });
  await Promise.all(workers);
  const lines = MUTANTS.map(({ name, promise }) => {
    const { seed, what } = caught.get(name) ?? { seed: undefined, what: 'not run' };
    return `${promise.padEnd(6)} ${name}: ${seed === undefined ? what : `seed ${seed}, ${what}`}`;
  });
  process.stdout.write(`${lines.join('\n')}\n`);
}, ALL_MS_MAX);

afterAll(() => folder.remove());

describe('each mutant is caught by the promise that it breaks, within 20,000 calls or 200 worlds of sites', () => {
  for (const { name, promise } of MUTANTS) {
    test(`${promise}: ${name}`, () => {
      expect(caught.get(name)).toEqual({
        seed: expect.any(Number),
        what: expect.stringContaining(`${promise}: `),
      });
    });
  }
});

/** A worker takes one copy for all its mutants: the lines that stay are translated once. */
function copyOfTheSite(name: string): string {
  return copyOfProject(folder.path, name, ['lib', 'test/sim', 'test/support']);
}

/** Runs worlds of a copy of the site while the one line is changed. */
async function hunt(mutant: Mutant, copy: string): Promise<Caught> {
  const file = path.join(copy, mutant.file);
  const text = readFileSync(file, 'utf8');
  const mutated = mutate(text, mutant);
  if (mutated === undefined) {
    return { seed: undefined, what: `${mutant.file} has not exactly one line: ${mutant.line}` };
  }
  writeFileSync(file, mutated);
  const script = path.join(copy, 'test', 'sim', 'catch-mutant.ts');
  const { promise, seed = 1, among } = mutant;
  const args = [script, promise, String(seed), ...(among === undefined ? [] : [among])];
  const { stdout, stderr, failure } = await runProgram(PROJECT, args);
  writeFileSync(file, text);
  const said = stdout.trim().split('\n').at(-1) ?? '';
  if (said.startsWith('{')) return JSON.parse(said) as Caught;
  return { seed: undefined, what: `${failure || 'nothing said'} ${stderr}` };
}
