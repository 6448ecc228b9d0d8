import { describe, expect, test } from '@jest/globals';
import type { Trunk } from '../../lib/guard/trunks.ts';
import { play, type Stage } from './play.ts';
import { readScript } from './script.ts';

const INVITE = '0 caller > A INVITE sdp';
const ANSWERED = `${INVITE}\n10 g1 > B 200 sdp\n20 caller > U ACK\n30 caller > U BYE`;
const STRANGER = { address: '198.18.0.9', port: 5060 };

const script = (kind: 'emergency' | 'ordinary', lines: string) =>
  readScript(`title\ncall ${kind}, gateways g1\n\n${lines}`);
const carrier = (limits: Partial<Trunk>): Stage => ({
  changes: {
    trunks: [{ name: 'carrier', source: ['203.0.113.0/24'], offAnycast: 'always', ...limits }],
  },
});
const refusedLines = `${INVITE}\n10 caller > A ACK`;

describe('a source that takes more than its share', () => {
  test.each([
    ['over-rate', { callsPerSecMax: 0 }],
    ['over-share', { callsMax: 0 }],
  ])('%s: an ordinary call is told to come again later', async (reason, limits) => {
    const { transcript, site } = await play(script('ordinary', refusedLines), carrier(limits));
    expect(transcript).toMatch(/A > caller +500/);
    expect(site.told.records).toMatchObject([{ fault: 'caller', reason, status: 500 }]);
    expect(site.told.counts.get(`refusals/${reason}`)).toBe(1);
  });

  test.each([
    ['over-rate', { callsPerSecMax: 0 }],
    ['over-share', { callsMax: 0 }],
  ])('%s: an emergency call is served and marked', async (mark, limits) => {
    const { site } = await play(script('emergency', ANSWERED), carrier(limits));
    expect(site.told.records).toMatchObject([{ reason: 'caller-hung-up', marks: [mark] }]);
    expect(site.told.counts.get(`marks/${mark}`)).toBe(1);
    expect(site.told.steps.find(({ event }) => event === 'marked')).toMatchObject({ why: mark });
  });

  test('gives its place back when its call is over', async () => {
    const again = `${ANSWERED}\n40000 caller > A INVITE sdp way=two\n40020 caller > A ACK way=two`;
    const { site } = await play(script('ordinary', again), carrier({ callsMax: 1 }));
    expect(site.told.records.map(({ reason }) => reason)).toEqual([
      'caller-hung-up',
      'gateways-exhausted',
    ]);
  });

  test('without a trunk has the share of one address, and is marked beyond it', async () => {
    const stage: Stage = {
      caller: STRANGER,
      changes: { guard: { callsPerSecMax: 0, lagMsMax: 150 } },
    };
    const { site } = await play(script('emergency', ANSWERED), stage);
    expect(site.told.records).toMatchObject([{ trunk: undefined, marks: ['over-rate'] }]);
  });

  test('an honest call has no mark', async () => {
    const { site } = await play(script('emergency', ANSWERED));
    expect(site.told.records).toMatchObject([{ marks: [] }]);
    expect(site.told.steps.filter(({ event }) => event === 'marked')).toEqual([]);
  });
});

describe('a node that cannot keep up', () => {
  const late: Stage = {
    during: (site, time) =>
      void time.at(
        590,
        site.node.watch(() => 400),
      ),
  };

  test('tells an ordinary call to come again later', async () => {
    const lines = '600 caller > A INVITE sdp\n610 caller > A ACK';
    const { transcript, site } = await play(script('ordinary', lines), late);
    expect(transcript).toMatch(/A > caller +500/);
    expect(transcript).not.toMatch(/ > g1 /);
    expect(site.told.records).toMatchObject([{ fault: 'us', reason: 'overloaded', status: 500 }]);
    expect(site.told.counts.get('refusals/overload')).toBe(1);
  });

  test('places an emergency call and marks it', async () => {
    const lines = ANSWERED.replace(/^(\d+)/gm, (at) => String(Number(at) + 600));
    const { site } = await play(script('emergency', lines), late);
    expect(site.told.records).toMatchObject([{ reason: 'caller-hung-up', marks: ['overload'] }]);
    expect(site.told.counts.get('marks/overload')).toBe(1);
  });

  test('takes ordinary calls again when it is calm', async () => {
    const lines = ANSWERED.replace(/^(\d+)/gm, (at) => String(Number(at) + 10_000));
    const stage: Stage = {
      during: (site, time) =>
        void time.at(
          9000,
          site.node.watch(() => (time.nowMs < 2000 ? 400 : 1)),
        ),
    };
    const { site } = await play(script('ordinary', lines), stage);
    expect(site.told.notices.map(({ event }) => event)).toEqual([
      'overload-began',
      'overload-ended',
    ]);
    expect(site.told.records).toMatchObject([{ reason: 'caller-hung-up', marks: [] }]);
  });
});

describe('a scanner', () => {
  const dialled = 'sip:112@1.1.1.1';

  test('that makes an emergency call is marked, never refused', async () => {
    const stage: Stage = { caller: STRANGER, dialled };
    const { site } = await play(script('emergency', ANSWERED), stage);
    const [record] = site.told.records;
    expect(record).toMatchObject({ reason: 'caller-hung-up', marks: ['scanner-target'] });
    expect(site.told.counts.get('marks/scanner-target')).toBe(1);
  });

  test('that makes an ordinary call is refused as any stranger, and counted', async () => {
    const stage: Stage = { caller: STRANGER, dialled: 'sip:200@1.1.1.1' };
    const { site } = await play(script('ordinary', refusedLines), stage);
    expect(site.told.records).toMatchObject([
      { reason: 'unknown-source', status: 403, marks: ['scanner-target'] },
    ]);
    expect(site.told.counts.get('marks/scanner-target')).toBe(1);
  });
});

describe('a further INVITE of a call', () => {
  test('makes no further record: it is a step of its call, and counted', async () => {
    const lines = `${INVITE}\n5 caller > A INVITE sdp way=two\n10 g1 > B 486\n20 caller > A ACK`;
    const { site } = await play(script('ordinary', `${lines}\n20 caller > A ACK way=two`));
    expect(site.told.records).toHaveLength(1);
    expect(site.told.steps.filter(({ event }) => event === 'a-joined')).toHaveLength(1);
    expect(site.told.counts.get('merged/joined')).toBe(1);
  });
});
