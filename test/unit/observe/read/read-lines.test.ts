import { describe, expect, test } from '@jest/globals';
import { readStory, type Tally } from '../../../../lib/observe/read/read-lines.ts';
import { someRecord, someSteps } from '../some-call.ts';

const MEBI = 1024 * 1024;

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(chunks: AsyncIterable<Uint8Array>) {
  const tally: Tally = { junk: 0 };
  const kinds: string[] = [];
  for await (const told of readStory(chunks, tally, () => true)) kinds.push(told.kind);
  return { kinds, junk: tally.junk };
}

const RECORD = JSON.stringify(someRecord());
const STEP = JSON.stringify({ level: 'info', ...someSteps()[0] });
const NOTICE = '{"level":"info","event":"listening"}';

describe('reading a log', () => {
  test.each([1, 7, 65_536])(
    'takes steps and records, mixed, in pieces of %i bytes',
    async (size) => {
      const text = [STEP, NOTICE, RECORD, '', STEP].join('\n');
      expect(await read(inPieces(text, size))).toEqual({
        kinds: ['step', 'record', 'step'],
        junk: 0,
      });
    },
  );

  test('counts lines that are neither and goes on', async () => {
    const text = ['nonsense', RECORD.slice(0, 99), '[1]', 'null', RECORD, '{"record":1}', ''].join(
      '\n',
    );
    expect(await read(inPieces(text, 100))).toEqual({ kinds: ['record'], junk: 5 });
  });

  test('takes a last line without its end', async () => {
    expect(await read(inPieces(`${STEP}\n${RECORD}`, 64))).toEqual({
      kinds: ['step', 'record'],
      junk: 0,
    });
  });

  test('keeps nothing of a line that never ends', async () => {
    const endless = async function* () {
      for (let count = 0; count < 40; count += 1) yield Buffer.alloc(MEBI, 'x');
      yield Buffer.from(`\n${RECORD}\n`);
    };
    expect(await read(endless())).toEqual({ kinds: ['record'], junk: 1 });
  });

  test('takes a record with fields of a later version', async () => {
    const text = JSON.stringify({ ...someRecord(), reason: 'new', takenOverFrom: 'got' });
    expect(await read(inPieces(text, 64))).toEqual({ kinds: ['record'], junk: 0 });
  });
});
