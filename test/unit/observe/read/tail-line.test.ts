import { describe, expect, test } from '@jest/globals';
import { unixMs } from '../../../../lib/base/brands.ts';
import { callIdOf } from '../../../../lib/call/ids.ts';
import { FAULT_OF } from '../../../../lib/call/termination.ts';
import { coloured, plain } from '../../../../lib/observe/read/paint.ts';
import { recordView } from '../../../../lib/observe/read/record-view.ts';
import { tailLine } from '../../../../lib/observe/read/tail-line.ts';
import { reasonInWords } from '../../../../lib/observe/read/words.ts';
import { BEGIN, someRecord } from '../some-call.ts';

const UNANSWERED = { answered: undefined, acked: undefined };

describe('the line of a call', () => {
  test('says in one line who called whom and how it went', () => {
    expect(tailLine(someRecord(), plain)).toBe(
      '2026-11-20 03:12:07Z  sto  112  sto-k4w2h7qz  +46701234567 -> 112     psap-a, psap-b  200  ' +
        'ring 1.1 s  talk 34 s     moved off anycast  the caller hung up',
    );
  });

  test('says whose fault a failed call was', () => {
    const record = someRecord({
      emergency: false,
      callId: callIdOf('sto-7yqz44ab'),
      times: { ...someRecord().times, ...UNANSWERED, ringing: undefined },
      moved: undefined,
      fault: 'gateway',
      reason: 'gateways-exhausted',
      status: 500,
    });
    expect(tailLine(record, plain)).toBe(
      '2026-11-20 03:12:07Z  sto       sto-7yqz44ab  +46701234567 -> 112     psap-a, psap-b  500  ' +
        "                          never answered  no gateway took the call (the gateway's fault)",
    );
  });

  test('has the ring time of a call that nobody answered', () => {
    const times = { ...someRecord().times, ...UNANSWERED };
    const line = tailLine(
      someRecord({ times, fault: 'caller', reason: 'caller-cancelled' }),
      plain,
    );
    expect(line).toContain('  ring 35 s');
    expect(line).not.toContain('talk');
  });

  test('tells a call to U from one that moved there', () => {
    const record = someRecord({ receivedOn: 'U udp:198.51.100.11:5060' });
    expect(tailLine(record, plain)).toContain('called U directly');
  });

  test('tells a call outwards from one that came in, and a callback by its colour', () => {
    const record = someRecord({ fromGateway: 'psap-a', moved: undefined });
    expect(tailLine(record, plain)).toMatch(/ sto {2}out {2}sto-.* called outwards {2}the caller/);
    expect(tailLine(record, coloured)).not.toBe(
      tailLine(someRecord({ ...record, emergency: false }), coloured),
    );
    expect(recordView(record, plain)).toMatch(/CALLBACK[\s\S]*source .*\(psap-a\)/);
  });

  test('has a plain sentence for each reason', () => {
    for (const reason of Object.keys(FAULT_OF)) {
      expect(reasonInWords(reason)).toMatch(/^[a-zA-Z].* .*$/);
    }
  });

  test('shows a reason that it does not know as it stands', () => {
    expect(reasonInWords('toString')).toBe('toString');
  });

  test('shows a name beyond ASCII, and no escape sequence', () => {
    const from = '<sip:J\u00f6rg\u001b[31m@x.example>';
    expect(tailLine(someRecord({ from }), plain)).toContain('Jörg?[31m -> 112');
  });

  test('survives a moment that is none', () => {
    const line = tailLine(someRecord({ receivedAt: unixMs(BEGIN * 1e9) }), plain);
    expect(line).toMatch(/^\? {2}sto/);
  });

  test('is coloured only on demand', () => {
    expect(tailLine(someRecord(), coloured)).toContain('\u001b[1;37;41m112\u001b[0m');
    expect(tailLine(someRecord(), plain)).not.toContain('\u001b');
  });
});

test('the view of a record names every field', () => {
  expect(recordView(someRecord({ trunk: 'carrier-x' }), plain).split('\n')).toEqual([
    'sto-k4w2h7qz  2026-11-20 03:12:07Z  EMERGENCY  +46701234567 -> 112',
    "moved off anycast; the caller hung up: nobody's fault (caller-hung-up), status 200; " +
      'rang 1.1 s; talked 34 s',
    '',
    '  from        "Alice" <sip:+46701234567@carrier.example>;tag=88sja8x',
    '  to          <sip:112@192.0.2.112>',
    '  received on A udp:192.0.2.112:5060',
    '  source      203.0.113.77:40123 (carrier-x)',
    '  Call-ID a   a84b4c76e66710@203.0.113.77',
    '  Call-ID b   b1-5f2c',
    '  Call-ID b   b2-9e01',
    '  invite      03:12:07.042  +0.000 s',
    '  trying      03:12:07.042  +0.000 s',
    '  ringing     03:12:09.083  +2.041 s',
    '  answered    03:12:10.143  +3.101 s',
    '  acked       03:12:10.162  +3.120 s',
    '  ended       03:12:44.242  +37.200 s',
    '  gateway 1   psap-a (10.0.1.31:5060)  +0.001 s  408 Request Timeout',
    '  gateway 2   psap-b (10.0.1.32:5060)  +2.004 s  200 OK',
  ]);
});
