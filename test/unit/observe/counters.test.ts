import { describe, expect, test } from '@jest/globals';
import { openCounters } from '../../../lib/observe/counters.ts';
import { QUIET } from '../../support/quiet.ts';
import { someRecord } from './some-call.ts';

const linesOf = async (text: Promise<string>) =>
  (await text).split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('the counters', () => {
  test('begin with every fault at 0', async () => {
    const lines = await linesOf(openCounters(() => ({ ...QUIET, callsActive: 3 })).text());
    expect(lines).toContain('landfall_calls_total{fault="gateway"} 0');
    expect(lines).toContain('landfall_log_lost_total{file="records"} 0');
    expect(lines).toContain('landfall_calls_active 3');
  });

  test('count under the label of their name', async () => {
    const counters = openCounters(() => QUIET);
    counters.count('strays', 'forged');
    counters.count('strays', 'forged');
    counters.count('refusals', 'no-route');
    counters.count('calls', 'us');
    counters.countLost('steps', 2);
    const lines = await linesOf(counters.text());
    expect(lines).toContain('landfall_strays_total{verdict="forged"} 2');
    expect(lines).toContain('landfall_refusals_total{condition="no-route"} 1');
    expect(lines).toContain('landfall_calls_total{fault="us"} 1');
    expect(lines).toContain('landfall_log_lost_total{file="steps"} 2');
    expect(await linesOf(counters.text())).toEqual(lines);
  });

  test('count the tries of a record', async () => {
    const counters = openCounters(() => QUIET);
    counters.countAttempts(someRecord());
    const lines = await linesOf(counters.text());
    expect(lines).toContain('landfall_attempts_total{outcome="silent"} 1');
    expect(lines).toContain('landfall_attempts_total{outcome="answered"} 1');
  });

  test('take a name that they do not know', async () => {
    const counters = openCounters(() => QUIET);
    counters.count('late-Answers', 'a "quoted" label\n');
    expect(await linesOf(counters.text())).toContain(
      'landfall_late_answers_total{label="a \\"quoted\\" label\\n"} 1',
    );
  });

  test('hold a bounded number of names and labels', async () => {
    const counters = openCounters(() => QUIET);
    for (let count = 0; count < 500; count += 1) {
      counters.count('strays', `verdict-${count}`);
      counters.count(`name-${count}`, 'x');
    }
    const lines = await linesOf(counters.text());
    expect(lines.length).toBeLessThan(200);
    expect(lines).toContain('landfall_strays_total{verdict="other"} 436');
    expect(lines.some((line) => line.startsWith('landfall_other_total{label="x"} 4'))).toBe(true);
  });
});
