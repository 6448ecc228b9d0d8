import * as fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { fileSource } from '../../../apps/cli/file-source.ts';
import { callIdOf } from '../../../lib/call/ids.ts';
import { type TempFolder, tempFolder } from '../../support/temp-folder.ts';
import { someRecord } from '../observe/some-call.ts';

const lineOf = (name: string) => `${JSON.stringify(someRecord({ callId: callIdOf(name) }))}\n`;

let folder: TempFolder;
let path: string;
beforeEach(() => {
  folder = tempFolder('follow');
  path = `${folder.path}/calls.ndjson`;
});
afterEach(() => folder.remove());

/** Follows while the file goes through what each pause does to it. */
async function follow(lines: number, ...doings: (() => void)[]): Promise<string[]> {
  const shown: string[] = [];
  const wanted = { failed: false, number: undefined, gateway: undefined };
  const pause = async () => {
    shown.push('.');
    const next = doings.shift();
    next?.();
    return next !== undefined;
  };
  const show = ({ callId }: { callId: string }) => shown.push(callId);
  const remark = () => undefined;
  await fileSource([path], pause).follow({ wanted, lines, show, remark });
  return shown;
}

describe('following a log', () => {
  test('shows the last calls, then each that is appended', async () => {
    fs.writeFileSync(path, ['a', 'b', 'c'].map(lineOf).join(''));
    const shown = await follow(
      2,
      () => fs.appendFileSync(path, lineOf('d')),
      () => undefined,
      () => fs.appendFileSync(path, lineOf('e') + lineOf('f')),
    );
    expect(shown).toEqual(['b', 'c', '.', 'd', '.', '.', 'e', 'f', '.']);
  });

  test('waits for the end of a line', async () => {
    fs.writeFileSync(path, '');
    const shown = await follow(
      9,
      () => fs.appendFileSync(path, lineOf('a').slice(0, 50)),
      () => fs.appendFileSync(path, lineOf('a').slice(50)),
    );
    expect(shown).toEqual(['.', '.', 'a', '.']);
  });

  test('begins anew in a file that was cut short', async () => {
    fs.writeFileSync(path, lineOf('a') + lineOf('b').slice(0, 20));
    const shown = await follow(
      9,
      () => fs.truncateSync(path, 0),
      () => fs.appendFileSync(path, lineOf('c')),
    );
    expect(shown).toEqual(['a', '.', '.', 'c', '.']);
  });

  test('goes over to the new file of a rotation, and loses nothing of the old one', async () => {
    fs.writeFileSync(path, lineOf('a'));
    const shown = await follow(
      9,
      () => {
        fs.renameSync(path, `${path}.1`);
        fs.appendFileSync(`${path}.1`, lineOf('b'));
      },
      () => undefined,
      () => fs.writeFileSync(path, lineOf('c')),
      () => fs.appendFileSync(path, lineOf('d')),
    );
    expect(shown).toEqual(['a', '.', 'b', '.', '.', 'c', '.', 'd', '.']);
  });
});
