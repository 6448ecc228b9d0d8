import { describe, expect, test } from '@jest/globals';
import { CORPUS } from './leniency-corpus.ts';
import { asRequest, inviteText } from './sample.ts';

describe('an emergency call that', () => {
  test('the corpus has 47 messages', () => {
    expect(CORPUS).toHaveLength(47);
  });

  test.each(CORPUS)(
    'has %s is a request, and only what cannot stand in it is dropped',
    (_, change, odd = []) => {
      const text = inviteText(change);
      const request = asRequest(text);
      expect(request.method).toBe('INVITE');
      expect(request.oddities).toEqual(odd);
      expect(request.body).toBe(change.body ?? '');
      const lines = text.split('\r\n\r\n')[0]?.split('\r\n').slice(1) ?? [];
      const kept = request.headers.map(({ written, value }) => `${written}: ${value}`.trim());
      const dropped = odd.some((oddity) => oddity !== 'content-length') ? change.lines?.at(-1) : '';
      expect(kept).toEqual(
        lines.toSpliced(dropped === '' ? lines.length : lines.lastIndexOf(`${dropped}`), 1),
      );
    },
  );

  test.each(['Max-Forwards: abc', 'Max-Forwards: 300'])('has %s is a request', (text) => {
    const [name = '', value] = text.split(': ');
    expect(asRequest(inviteText({ set: { [name]: value } })).oddities).toEqual([]);
  });

  test('names its service as it was written', () => {
    const { uri, to } = asRequest(inviteText({ startLine: 'INVITE urn:SERVICE:sos SIP/2.0' }));
    expect(uri).toBe('urn:SERVICE:sos');
    expect(to).toEqual({ uri: 'urn:service:sos', tag: undefined });
  });
});
