import { describe, expect, test } from '@jest/globals';
import type { CallTrace } from '../../../../apps/lab/call-trace.ts';
import type { LoadCall } from '../../../../apps/lab/load-calls.ts';
import { openHalves, quantile, setUpMsOf } from '../../../../apps/lab/redis-halves.ts';
import type { Take } from '../../../../apps/lab/row.ts';
import type { WirePacket } from '../../../../apps/lab/transit-link.ts';

const CALLS = 100;
const take: Take = {
  name: 'talk',
  dialled: 'answer-300',
  route: { to: 1 },
  play: () => Promise.resolve(),
  must: [],
};

const packet = (at: number, isSaid: boolean, sip: WirePacket['sip']): WirePacket => ({
  at,
  source: isSaid ? 'callers' : 'site1',
  target: isSaid ? 'site1' : 'callers',
  fate: 'arrived',
  from: '',
  to: '',
  transport: 'udp',
  bytes: 100,
  ...(sip === undefined ? {} : { sip }),
});

const invite = packet(1000, true, { method: 'INVITE', line: '' });
const ringsAfter = (ms: number) => packet(1000 + ms, false, { status: 180, line: '' });
const trace = (...packets: readonly WirePacket[]): CallTrace => ({
  name: 'one',
  address: '198.18.0.2',
  packets,
  legs: [],
});

/** All calls are alike but for those of the second half. */
function reported(
  ms: number,
  broken: { readonly ms: number; readonly faults?: readonly string[] },
) {
  const halves = openHalves(CALLS, 'hang');
  for (let index = 0; index < CALLS; index += 1) {
    const isBroken = index >= halves.breaksAt;
    const after = isBroken ? broken.ms : ms;
    const faults = isBroken ? (broken.faults ?? []) : [];
    const call: LoadCall = {
      index,
      type: 'H',
      take,
      trace: trace(invite, ringsAfter(after)),
      faults,
    };
    halves.hear(call);
  }
  return halves.report();
}

describe('a load whose second half has a Redis that is no help', () => {
  test('has halves of one size, and a tenth before them that counts for neither', () => {
    const { lines } = reported(10, { ms: 10 });
    expect(openHalves(CALLS, 'hang').breaksAt).toBe(55);
    expect(lines.slice(1).map((line) => line.split(/\s{2,}/).slice(0, 4))).toEqual([
      ['healthy', '45', '0', '10.0 ms'],
      ['Redis hangs', '45', '0', '10.0 ms'],
    ]);
  });

  test('may be later by what a new call may wait, and no more', () => {
    expect(reported(10, { ms: 40 }).isFine).toBe(true);
    expect(reported(10, { ms: 41 }).isFine).toBe(false);
  });

  test('fails where more calls of it fail', () => {
    expect(reported(10, { ms: 10, faults: ['nobody answered'] }).isFine).toBe(false);
  });
});

test('the set-up time is from the coming of the INVITE to the first 180', () => {
  expect(setUpMsOf(trace(invite, ringsAfter(12), ringsAfter(500)))).toBe(12);
  expect(setUpMsOf(trace(invite))).toBeUndefined();
});

test('a quantile is the nearest of what was measured', () => {
  const hundred = Array.from({ length: 100 }, (_, at) => at + 1);
  expect([0.5, 0.99, 1].map((share) => quantile(hundred, share))).toEqual([50, 99, 100]);
});
