import { describe, expect, test } from '@jest/globals';
import { scannerMarks } from '../../../lib/guard/scanner-marks.ts';
import { someInvite } from './some-invite.ts';

describe('scanner marks', () => {
  test.each([
    'friendly-scanner',
    'SIPVicious 0.3',
    'sipcli/v1.8',
    'VaxSIPUserAgent/3.1',
    'smap 0.6',
  ])('the agent %s is marked', (agent) => {
    const invite = someInvite({ headers: [`User-Agent: ${agent}`] });
    expect(scannerMarks(invite)).toEqual(['scanner-agent']);
  });

  test.each([
    ['"sipvicious" <sip:100@op.example>;tag=1'],
    ['<sip:100@1.1.1.1>;tag=1'],
    ["<sip:a'or'1'='1@op.example>;tag=1"],
  ])('the From %s is marked', (from) => {
    expect(scannerMarks(someInvite({ from }))).toEqual(['scanner-from']);
  });

  test.each(['sip:100@1.1.1.1', 'sip:100@0.0.0.0:5060', "sip:x'--@c", 'sip:..%0d%0a@c'])(
    'the target %s is marked',
    (uri) => {
      expect(scannerMarks(someInvite({ uri }))).toEqual(['scanner-target']);
    },
  );

  test.each([
    ['Linphone/4.4.1', '"Åsa O\'Hara" <sip:+46701234567@op.example>;tag=1', 'urn:service:sos'],
    ['Yealink SIP-T46U 108.86', '<sip:+46701234567@11.1.1.1>;tag=1', 'sip:112@1.1.1.10;user=phone'],
    ['Asterisk PBX 18', '<sip:anonymous@anonymous.invalid>;tag=1', 'tel:112;phone-context=+46'],
  ])('an honest phone is not: %s', (agent, from, uri) => {
    expect(scannerMarks(someInvite({ uri, from, headers: [`User-Agent: ${agent}`] }))).toEqual([]);
  });

  test('no header is read to its end, however long it is', () => {
    const agent = `${'x'.repeat(10_000)}sipvicious`;
    expect(scannerMarks(someInvite({ headers: [`User-Agent: ${agent}`] }))).toEqual([]);
  });
});
