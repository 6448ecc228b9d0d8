import { expect, test } from '@jest/globals';
import { csvLine } from '../../../../lib/observe/read/csv.ts';
import { lossOf } from '../../../../lib/observe/read/loss.ts';

test.each([
  [['a', 1, true, undefined], 'a,1,true,'],
  [['a,b', 'say "x"', 'a;b'], '"a,b","say ""x""","a;b"'],
  [['=1+1', '@sum', '-2', '+cmd|x'], "'=1+1,'@sum,'-2,'+cmd|x"],
  [['+46701234567', '+46 70 123'], '+46701234567,+46 70 123'],
  [['two\r\nlines'], 'two??lines'],
])('a CSV line of %j', (cells, line) => {
  expect(csvLine(cells)).toBe(line);
});

test('says what a node could not write, and nothing where nothing is lost', () => {
  const metric = (records: number) =>
    `# TYPE x counter\nlandfall_log_lost_total{file="records"} ${records}\n` +
    'landfall_log_lost_total{file="steps"} 3\nlandfall_log_lost_total{file="terminal"} 0\n';
  expect(lossOf(metric(2))).toMatch(/: 2 of the records, 3 of the steps$/);
  expect(lossOf('landfall_log_lost_total{file="steps"} 0\n')).toBeUndefined();
});
