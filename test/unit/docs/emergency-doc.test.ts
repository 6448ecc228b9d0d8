import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

const REQUIREMENTS = 130;
const PAGE = readFileSync('docs/EMERGENCY.md', 'utf8');
/** number, what it asks, where it stands, what shows it */
const ROWS = [...PAGE.matchAll(/^\| (\d+) \| (.+) \| (.+) \| (.*) \|$/gm)].map(
  ([, number, , stands = '', shown = '']) => ({ number: Number(number), stands, shown }),
);
const countOf = (word: string) =>
  ROWS.filter(({ stands }) => stands.startsWith(`**${word}**`)).length;

describe('docs/EMERGENCY.md', () => {
  test('has each requirement once, in their order', () => {
    expect(ROWS.map(({ number }) => number)).toEqual(
      Array.from({ length: REQUIREMENTS }, (_, at) => at + 1),
    );
  });

  test('counts what it says of them', () => {
    const [now, later, others] = ['now', 'later', 'not ours'].map(countOf);
    expect(PAGE).toContain(`${now} now, ${later} later, ${others} not ours.`);
    expect((now ?? 0) + (later ?? 0) + (others ?? 0)).toBe(REQUIREMENTS);
  });

  test('names a test for whatever it says is there now', () => {
    const bare = ROWS.filter(({ stands, shown }) => stands.startsWith('**now') && shown === '');
    expect(bare).toEqual([]);
  });

  test('names no file that there is not, and only words that stand in it', () => {
    const named = [
      ...PAGE.matchAll(/`?((?:test|docs)\/[\w./-]+)`?(?: \((.+?)\)(?=, `| {1,2}\|))?/g),
    ];
    const wrong = named.flatMap(([, file = '', words]) => {
      const path = file.replace(/\.$/, '');
      if (!existsSync(path)) return [path];
      const isThere = words === undefined || readFileSync(path, 'utf8').includes(words);
      return isThere ? [] : [`${path} (${words})`];
    });
    expect(wrong).toEqual([]);
  });
});
