import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, jest, test } from '@jest/globals';
import { PROGRAM_MS_MAX, runProgram } from '../../sim/program.ts';
import { copyOfProject, mutate } from '../../support/mutate.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { SEEDED_BUGS } from './bugs.ts';

const PROJECT = path.join(__dirname, '..', '..', '..');
const folder = tempFolder('seeded-bugs');
const copy = copyOfProject(folder.path, 'site', ['lib', 'config', 'test']);
// What the site is built on is where the project has it.
symlinkSync(path.join(PROJECT, 'node_modules'), path.join(copy, 'node_modules'));
jest.setTimeout(PROGRAM_MS_MAX);

afterAll(() => folder.remove());

test.each(SEEDED_BUGS)('$target finds within $casesMax cases that $name', async (bug) => {
  const file = path.join(copy, bug.file);
  const text = readFileSync(file, 'utf8');
  const mutated = mutate(text, bug);
  if (mutated === undefined) throw new Error(`${bug.file} has not exactly one line: ${bug.line}`);
  writeFileSync(file, mutated);
  const script = path.join(copy, 'test', 'fuzz', 'run.ts');
  const args = ['--target', bug.target, '--cases', String(bug.casesMax), '--seed', '1'];
  const { stdout } = await runProgram(PROJECT, [script, ...args]);
  writeFileSync(file, text);
  expect(stdout.split('\n')[1]).toMatch(new RegExp(`^${bug.target}:\\d+ ${bug.complaint}`));
  expect(stdout).toMatch(/targets that failed: 1\n$/);
});
