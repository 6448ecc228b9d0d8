import { describe, expect, test } from '@jest/globals';
import { unixMs } from '../../../../lib/base/brands.ts';
import { inAscii } from '../../../../lib/observe/read/draw-ladder.ts';
import { ladderOf } from '../../../../lib/observe/read/ladder.ts';
import { BEGIN, SOME_CALL, someRecord, someSteps } from '../some-call.ts';

const WHOLE = { callId: SOME_CALL, steps: someSteps(), record: someRecord(), stepsLost: 0 };

const isThrough = (line: string) => line.includes('through ');

describe('the ladder of a call', () => {
  test('draws each message between its two ends, and where the call moved to', () => {
    expect(ladderOf(WHOLE).split('\n')).toEqual(GOLDEN.split('\n').slice(1, -1));
  });

  test('draws only the lifelines that occur', () => {
    const steps = someSteps().slice(0, 2);
    const record = someRecord({
      moved: undefined,
      fault: 'caller',
      reason: 'no-route',
      status: 404,
    });
    const [, , titles, addresses] = ladderOf({ ...WHOLE, steps, record }).split('\n');
    expect(titles?.trim().split(/ {2,}/)).toEqual(['caller', 'A anycast']);
    expect(addresses?.trim().split(/ {2,}/)).toEqual(['203.0.113.77:40123', '192.0.2.112:5060']);
  });

  test('of a call outwards goes from a gateway over the gateway side and U, done or not', () => {
    const [invited, ...rest] = someSteps();
    if (invited === undefined) throw new Error('some call has no step');
    const steps = [{ ...invited, gateway: 'psap-x' }, ...rest];
    const record = someRecord({ fromGateway: 'psap-x', receivedOn: 'G udp:192.0.2.112:5060' });
    for (const told of [record, undefined]) {
      const lines = ladderOf({ ...WHOLE, steps, record: told }).split('\n');
      const titles = lines
        .find((line) => line.includes('gateway side'))
        ?.trim()
        .split(/ {2,}/);
      expect(titles?.slice(0, 2)).toEqual(['psap-x', 'gateway side']);
      expect(titles).toContain('U unicast');
      expect(titles).not.toContain('A anycast');
    }
  });

  test('shows the unmasked source of the record above the masked one of the steps', () => {
    const steps = someSteps().map((step) =>
      step.leg === 'a' ? { ...step, remote: '203.0.113.x:40123' } : step,
    );
    const ladder = ladderOf({ ...WHOLE, steps });
    expect(ladder).toContain('203.0.113.77:40123');
    expect(ladder).not.toContain('203.0.113.x');
  });

  test('titles the address A or U by the record', () => {
    const record = someRecord({ receivedOn: 'U udp:192.0.2.112:5060' });
    const steps = someSteps().slice(0, 2);
    expect(ladderOf({ ...WHOLE, steps, record })).toContain('U unicast');
  });

  test('says that a call has no record yet', () => {
    const lines = ladderOf({ ...WHOLE, record: undefined }).split('\n');
    expect(lines[0]).toBe('sto-k4w2h7qz  2026-11-20 03:12:07Z');
    expect(lines[2]).toMatch(/^ +caller +A anycast +U unicast +gateway side +psap-a +psap-b$/);
    expect(lines.at(-1)).toBe('no record of it here: it goes on, or its record is elsewhere');
  });

  test('says that the steps stand elsewhere', () => {
    const ladder = ladderOf({ ...WHOLE, steps: [] });
    expect(ladder.split('\n').slice(1)).toEqual([
      '',
      'no steps of it here',
      '',
      "moved off anycast; the caller hung up: nobody's fault (caller-hung-up), status 200; rang 1.1 s; talked 34 s",
    ]);
  });

  test('says how many steps were not kept', () => {
    expect(ladderOf({ ...WHOLE, stepsLost: 7 })).toContain(
      '(7 steps from the middle were not kept)',
    );
  });

  test('says that a Contact stays on the anycast address', () => {
    const steps = someSteps().map((step) =>
      step.event === 'ring-a' ? { ...step, contact: 'sip:v1a@192.0.2.112' } : step,
    );
    expect(ladderOf({ ...WHOLE, steps })).toContain('Contact stays on 192.0.2.112');
  });

  test('says which other site a message came through, and a response goes back by', () => {
    const steps = someSteps().map((step) =>
      step.event === 'a-hung-up' ? { ...step, through: 'got' } : step,
    );
    const [line, ...more] = ladderOf({ ...WHOLE, steps })
      .split('\n')
      .filter(isThrough);
    expect(line).toMatch(/ BYE .*through got; from 203\.0\.113\.77:40999$/);
    expect(more).toEqual([]);
  });

  test('puts steps of one clock in order whatever order they came in', () => {
    expect(ladderOf({ ...WHOLE, steps: someSteps().toReversed() })).toContain(
      '    0.001          │                   │                   │                   │───── INVITE ─────>│',
    );
  });

  test('lets no escape sequence of a stranger through to the terminal', () => {
    const steps = someSteps().map((step) => ({ ...step, message: '200 \u001b[2J\u009b31mOK' }));
    expect(ladderOf({ ...WHOLE, steps }).replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  test('clips a reason phrase that has no end', () => {
    const [first] = someSteps();
    if (first === undefined) throw new Error('a call has steps');
    const steps = [{ ...first, message: `486 ${'busy '.repeat(20)}` }];
    const arrow = ladderOf({ ...WHOLE, steps })
      .split('\n')
      .at(4);
    expect(arrow).toContain('486 busy busy busy busy b…');
  });

  test('survives steps that say neither where from nor where to', () => {
    const step = { callId: SOME_CALL, site: 'sto', leg: 'a' as const, event: 'a-unacknowledged' };
    const steps = [
      { ...step, at: unixMs(BEGIN) },
      { ...step, at: unixMs(BEGIN + 5), message: 'ACK' },
    ];
    expect(ladderOf({ ...WHOLE, steps })).toContain('no ACK came');
  });

  test('is drawn in ASCII for a terminal that knows nothing else', () => {
    expect(inAscii(ladderOf(WHOLE))).toMatch(/^[\n -~]+$/);
  });
});

const GOLDEN = `
sto-k4w2h7qz  2026-11-20 03:12:07Z  EMERGENCY  +46701234567 -> 112

                caller             A anycast           U unicast         gateway side           psap-a              psap-b
          203.0.113.77:40123   192.0.2.112:5060   198.51.100.11:5060    10.0.0.11:5060      10.0.1.31:5060      10.0.1.32:5060
    0.000          │───── INVITE ─────>│                   │                   │                   │                   │  Contact 10.9.9.5:5060
    0.000          │<── 100 Trying ────│                   │                   │                   │                   │
    0.001          │                   │                   │                   │───── INVITE ─────>│                   │
    2.003          │                   │                   │                   │                   │                   │  psap-a given up: timeout
    2.004          │                   │                   │                   │─────────────── INVITE ───────────────>│
    2.010          │                   │                   │                   │<──────────── 100 Trying ──────────────│
    2.040          │                   │                   │                   │<──────────── 180 Ringing ─────────────│
    2.041          │<── 180 Ringing ───│                   │                   │                   │                   │  Contact moves to 198.51.100.11:5060
    3.100          │                   │                   │                   │<────────────── 200 OK ────────────────│
    3.101          │<──── 200 OK ──────│                   │                   │                   │                   │
    3.120          │───────────────── ACK ────────────────>│                   │                   │                   │
    3.121          │                   │                   │                   │───────────────── ACK ────────────────>│
   37.200          │───────────────── BYE ────────────────>│                   │                   │                   │  from 203.0.113.77:40999
   37.201          │                   │                   │                   │───────────────── BYE ────────────────>│

moved off anycast: 192.0.2.112:5060 -> 198.51.100.11:5060; the caller hung up: nobody's fault (caller-hung-up), status 200; rang 1.1 s; talked 34 s
`;
