import { describe, expect, test } from '@jest/globals';
import { type CallId, callIdOf } from '../../../lib/call/ids.ts';
import { RecentCalls } from '../../../lib/observe/recent-calls.ts';
import { collectGarbage } from '../../support/collect-garbage.ts';
import { SOME_CALL, someRecord, someSteps } from './some-call.ts';

const EVERY = () => true;
const numbered = (count: number) => callIdOf(`sto-${String(count).padStart(4, '0')}`);

function end(recent: RecentCalls, callId: CallId): void {
  recent.record(
    someRecord({ callId, sipCallIdA: `a-${callId}`, sipCallIdB: [] }),
    () => `${callId}\n`,
  );
}

const MESSAGE_BYTES = 200_000;

/** A header value as it comes: a piece of a long message. */
function cutOut(text: string): string {
  const message = `${text}${'x'.repeat(MESSAGE_BYTES)}`;
  return Buffer.from(message, 'latin1').toString('latin1').slice(0, text.length);
}

describe('the last calls', () => {
  test('do not keep the messages that their texts were cut out of', () => {
    const recent = new RecentCalls(100);
    collectGarbage();
    const { heapUsed: before } = process.memoryUsage();
    for (let count = 0; count < 100; count += 1) {
      const callId = numbered(count);
      for (const step of someSteps()) {
        const contact = cutOut(`sip:${'token'.repeat(4)}@192.0.2.1`);
        recent.step({ ...step, callId, contact, message: cutOut('SUBSCRIBE sip:x') });
      }
      const from = cutOut(`<sip:caller-${count}@op.example>;tag=one`);
      recent.record(someRecord({ callId, from, sipCallIdA: cutOut(`a-${callId}@op`) }), () => '');
    }
    collectGarbage();
    const { heapUsed: after } = process.memoryUsage();
    expect((after - before) / 100).toBeLessThan(MESSAGE_BYTES / 2);
    expect(recent.records(EVERY, 100)).toHaveLength(100);
  });

  test('are kept with their steps', () => {
    const recent = new RecentCalls(10);
    for (const step of someSteps()) recent.step(step);
    recent.record(someRecord(), () => '');
    expect(recent.find(SOME_CALL)).toEqual({
      kind: 'found',
      call: { callId: SOME_CALL, record: someRecord(), steps: someSteps(), stepsLost: 0 },
    });
  });

  test('can be found while they go on', () => {
    const recent = new RecentCalls(10);
    for (const step of someSteps().slice(0, 3)) recent.step(step);
    expect(recent.find(SOME_CALL)).toMatchObject({ kind: 'found', call: { record: undefined } });
  });

  test('take steps that come after the record', () => {
    const recent = new RecentCalls(10);
    const [first, second] = someSteps();
    if (first === undefined || second === undefined) throw new Error('a call has steps');
    recent.step(first);
    recent.record(someRecord(), () => '');
    recent.step(second);
    expect(recent.find(SOME_CALL)).toMatchObject({ call: { steps: [first, second] } });
  });

  test('are found by a beginning that only one has, and by a Call-ID header', () => {
    const recent = new RecentCalls(20);
    for (let count = 0; count < 12; count += 1) end(recent, numbered(count));
    recent.record(someRecord(), () => '');
    expect(recent.find('sto-0011')).toMatchObject({ kind: 'found' });
    expect(recent.find('sto-k')).toMatchObject({ kind: 'found', call: { callId: SOME_CALL } });
    expect(recent.find('b2-9e01')).toMatchObject({ kind: 'found', call: { callId: SOME_CALL } });
    expect(recent.find('sto-001')).toEqual({
      kind: 'ambiguous',
      callIds: [numbered(10), numbered(11)],
    });
    expect(recent.find('sto-0')).toMatchObject({ kind: 'ambiguous' });
    expect(recent.find('got-1')).toEqual({ kind: 'unknown' });
    expect(recent.find('')).toEqual({ kind: 'unknown' });
  });

  test('are handed out newest last', () => {
    const recent = new RecentCalls(10);
    for (let count = 0; count < 4; count += 1) end(recent, numbered(count));
    const ids = recent.records(EVERY, 2).map(({ callId }) => callId);
    expect(ids).toEqual([numbered(2), numbered(3)]);
    expect(recent.records(() => false, 2)).toEqual([]);
  });

  test('are a bounded number, and a long call outlives many short ones', () => {
    const recent = new RecentCalls(10);
    for (const step of someSteps()) recent.step(step);
    for (let count = 0; count < 100; count += 1) end(recent, numbered(count));
    expect(recent.records(EVERY, 1000)).toHaveLength(10);
    expect(recent.find(SOME_CALL)).toMatchObject({ kind: 'found' });
  });

  test('are a bounded number, too, when they never get a record', () => {
    const recent = new RecentCalls(10);
    for (let count = 0; count < 100; count += 1) {
      for (const step of someSteps(numbered(count))) recent.step(step);
    }
    expect(recent.find(numbered(0))).toEqual({ kind: 'unknown' });
    expect(recent.find(numbered(99))).toMatchObject({ kind: 'found' });
  });

  test('keep the beginning and the end of a call that has too many steps', () => {
    const recent = new RecentCalls(10);
    const [step] = someSteps();
    if (step === undefined) throw new Error('a call has steps');
    for (let attempt = 0; attempt < 250; attempt += 1) recent.step({ ...step, attempt });
    const found = recent.find(SOME_CALL);
    if (found.kind !== 'found') throw new Error(`found is ${found.kind}`);
    expect(found.call.stepsLost).toBe(150);
    expect(found.call.steps).toHaveLength(100);
    expect(found.call.steps[0]?.attempt).toBe(0);
    expect(found.call.steps.at(-1)?.attempt).toBe(249);
  });
});

describe('who follows the calls', () => {
  test('gets each record until it stops', () => {
    const recent = new RecentCalls(10);
    const lines: string[] = [];
    const stop = recent.follow((_, line) => lines.push(line()));
    end(recent, numbered(1));
    stop?.();
    end(recent, numbered(2));
    expect(lines).toEqual(['sto-0001\n']);
  });

  test('is let go when it throws, and harms nobody', () => {
    const recent = new RecentCalls(10);
    let calls = 0;
    recent.follow(() => {
      calls += 1;
      throw new Error('the reader has a bug');
    });
    end(recent, numbered(1));
    end(recent, numbered(2));
    expect(calls).toBe(1);
  });

  test('is refused when too many do', () => {
    const recent = new RecentCalls(10);
    const stops = Array.from({ length: 16 }, () => recent.follow(() => undefined));
    expect(recent.follow(() => undefined)).toBeUndefined();
    stops[0]?.();
    expect(recent.follow(() => undefined)).toBeDefined();
  });
});
