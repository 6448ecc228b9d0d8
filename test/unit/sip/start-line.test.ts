import { describe, expect, test } from '@jest/globals';
import { asFault, asRequest, invite, inviteText, RESPONSE } from './sample.ts';

describe('a start line', () => {
  const read = (startLine: string) => asRequest(inviteText({ startLine }));

  test('The Request-URI MUST NOT contain unescaped spaces or control characters and MUST NOT be enclosed in "<>". [3261-7.1]', () => {
    const lived = [
      'INVITE <sip:112@x> SIP/2.0',
      'INVITE <<sip:112@x>> SIP/2.0',
      'INVITE sip:112@x  SIP/2.0',
      'INVITE  sip:112@x SIP/2.0',
      'INVITE sip:112@x SIP/2.0   ',
      'INVITE < sip:112@x > SIP/2.0',
      'INVITE\tsip:112@x\tSIP/2.0',
      'INVITE sip:112 @x SIP/2.0',
      'INVITE sip:112@x SIP / 2.0',
      'INVITE sip:112@x SIP/ 2.0',
      'INVITE sip:112@x',
    ];
    for (const startLine of lived) {
      const request = read(startLine);
      expect([startLine, request.uri]).toEqual([startLine, 'sip:112@x']);
      expect([startLine, request.oddities]).toEqual([startLine, ['start-line']]);
    }
    expect(read('INVITE sip:112@x; lr SIP/2.0').uri).toBe('sip:112@x;lr');
  });

  test('The SIP-Version string is case-insensitive, but implementations MUST send upper-case. [3261-7.1]', () => {
    expect(read('INVITE sip:112@x Sip/2.0')).toMatchObject({ uri: 'sip:112@x' });
    const other = invite({ startLine: 'INVITE sip:112@x SIP/7.0' });
    expect(asFault(other)).toMatchObject({ reason: 'version', method: 'INVITE' });
    expect(asFault(invite({ startLine: 'GET / HTTP/1.1' })).reason).toBe('version');
    expect(asFault(RESPONSE.replace('SIP/2.0', 'SIP/3.0')).reason).toBe('version');
  });

  test('keeps a method and a URI of any scheme as they are', () => {
    const method = "!interesting-Method0123456789_*+`.%indeed'~";
    const set = { CSeq: `5 ${method}` };
    const uri = 'nobodyKnowsThisScheme:totallyopaquecontent';
    const request = asRequest(inviteText({ startLine: `${method} ${uri} SIP/2.0`, set }));
    expect(request).toMatchObject({ method, uri, oddities: [] });
  });

  test.each([
    ['INVITE', 'INVITE'],
    ['INVITE SIP/2.0', 'INVITE'],
    ['INVITE <> SIP/2.0', 'INVITE'],
    ['INVITE <<>> SIP/2.0', 'INVITE'],
    ['IN{VITE sip:a SIP/2.0', undefined],
    ['\x00\x01\x00\x00!\x12\xa4B', undefined],
  ])('%j is a fault, and the Via is still read', (startLine, method) => {
    expect(asFault(invite({ startLine }))).toMatchObject({
      reason: 'start-line',
      method,
      isResponse: false,
      via: { host: '192.0.2.1' },
    });
  });
});
