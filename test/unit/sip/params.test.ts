import { describe, expect, test } from '@jest/globals';
import { readParams } from '../../../lib/sip/params.ts';

const PIECES = [';', ',', '=', ' ', 'a', 'tag', '<', '\t', ';lr', ';x=y', '==', '\0'];

/** All texts of so many pieces. */
function texts(count: number): readonly string[] {
  if (count === 0) return [''];
  return texts(count - 1).flatMap((text) => PIECES.map((piece) => text + piece));
}

describe('parameters [3261-7.3.1]', () => {
  test('are the same whether a quote stands behind their element or not', () => {
    for (const text of texts(4)) {
      const alone = readParams(text, 0);
      const behind = readParams(`${text},"`, 0);
      expect([text, behind]).toEqual([text, alone]);
    }
  });

  test.each([
    [';a="x;y,=\\"";b=1,c', ['a="x;y,=\\""', 'b=1'], 16],
    ['";" ;"=;"=1;b', ['"=;"=1', 'b'], 13],
    [';a="x;b=1', ['a="x', 'b=1'], 9],
    ['"";";";a="b', ['";"', 'a="b'], 11],
  ])(
    'of %j: what a quoted string holds ends nothing, unless it never closes',
    (text, wanted, end) => {
      const read = readParams(text, 0);
      const written = read.list.map((one) => text.slice(one.at + 1, one.end));
      expect([written, read.end]).toEqual([wanted, end]);
    },
  );

  test('are looked for from an index on', () => {
    const { list, at, end, odd } = readParams('a;b=1;tag=2 ; C = 3,d;e', 3);
    const read = list.map(({ name, value }) => [name, value]);
    expect([read, at, end, odd]).toEqual([
      [
        ['tag', '2'],
        ['c', '3'],
      ],
      5,
      19,
      false,
    ]);
  });

  test.each([';', ';a', ';a=', '='])('by the ten thousand, of %j, take no longer each', (piece) => {
    const { list, end } = readParams(piece.repeat(200_000), 0);
    expect([list.length, end]).toEqual([piece.startsWith(';a') ? 200_000 : 0, piece.length * 2e5]);
  });
});
