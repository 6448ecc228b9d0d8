import { describe, expect, test } from '@jest/globals';
import { filesBelow } from './project-files.ts';
import {
  doorways,
  fileNames,
  homes,
  marks,
  type Rule,
  sizes,
  untestedClauses,
  walls,
} from './rules.ts';
import { readSource } from './source-file.ts';

const read = (folders: readonly string[]) =>
  filesBelow(folders, ['.ts']).map(({ path, text }) => readSource(path, text));

const lib = read(['lib']);
const shipped = [...lib, ...read(['config', 'apps'])];
const tests = read(['test']);
const all = [...shipped, ...tests];

const complaints = (rule: Rule, files: typeof all) => files.flatMap((file) => rule(file));

describe('the house is tidy', () => {
  test('a room imports only from the rooms above it', () => {
    expect(complaints(walls, shipped)).toEqual([]);
  });

  test('a third-party package has one home', () => {
    expect(complaints(homes, shipped)).toEqual([]);
  });

  test('a doorway holds no code that runs', () => {
    expect(complaints(doorways, lib)).toEqual([]);
  });

  test('a file is named for what it holds', () => {
    expect(complaints(fileNames, all)).toEqual([]);
  });

  test('files, functions and lines are short enough to read', () => {
    expect(complaints(sizes, all)).toEqual([]);
  });

  test('nothing switches the types off, nothing is left for later, nothing names a machine', () => {
    const others = filesBelow(['.'], ['']).filter(({ path }) => !path.endsWith('.ts'));
    const texts = others.map(({ path, text }) => ({ ...readSource(path, ''), text }));
    expect(complaints(marks, [...all, ...texts])).toEqual([]);
  });

  test('every clause that lib names is named by a test', () => {
    const ladders = filesBelow(['test/ladder'], ['.txt']).map(({ text }) => text);
    const titles = [...tests.flatMap(({ strings }) => strings), ...ladders];
    expect(untestedClauses(lib, titles)).toEqual([]);
  });
});
