import { describe, expect, test } from '@jest/globals';
import { NO_OCTETS, octetsOf, octetsOfText } from '../../../../lib/base/brands.ts';
import {
  contentOf,
  MESSAGE_BYTES_MAX,
  spoken,
  unaskable,
  unspeakable,
} from '../../../../lib/engine/drachtio/wording.ts';
import { header } from '../../../../lib/sip/header-names.ts';
import { uriText } from '../../../../lib/sip/ids.ts';
import type { Header } from '../../../../lib/sip/message.ts';

const TEXT = header('Content-Type', 'text/plain');
const NO_UTF8 = octetsOf(Buffer.from([0xe5, 0x20]));

function headers(...lines: readonly string[]): readonly Header[] {
  return lines.map((line) => header(...(line.split(': ') as [string, string])));
}

describe('what drachtio-server does not pass on as it is', () => {
  const room = MESSAGE_BYTES_MAX - 300 - TEXT.written.length - TEXT.value.length - 4;

  test.each<[string, readonly Header[], string]>([
    [`it is over ${MESSAGE_BYTES_MAX} bytes`, [TEXT], 'x'.repeat(room + 1)],
    [`it is over ${MESSAGE_BYTES_MAX} bytes`, headers(`X-Long: ${'x'.repeat(4000)}`), ''],
    ['the body holds a NUL', [TEXT], 'a\0b'],
    ['the body is not UTF-8', [TEXT], NO_UTF8],
    ['the body has no Content-Type', [], 'x'],
    ['x-name is not UTF-8', headers(`X-Name: ${NO_UTF8}`), ''],
    ['subject stands more than once', headers('Subject: a', 's: b'), ''],
    ['p-asserted-identity names localhost', headers('P-Asserted-Identity: <sip:a@localhost>'), ''],
  ])('%s', (why, lines, body) => {
    expect(unspeakable(lines, octetsOf(Buffer.from(body, 'latin1')))).toBe(why);
  });

  test.each<[string, readonly Header[], string]>([
    ['as much as there is room for', [TEXT], 'x'.repeat(room)],
    ['text beyond ASCII', [TEXT], octetsOfText('räddning ☎')],
    ['names that stand often', headers('X-Same: a', 'X-Same: b', 'Reason: a', 'Reason: b'), ''],
    ['localhost in a header of ours', headers('X-Name: <sip:a@localhost>'), ''],
    ['nothing', [], ''],
  ])('but %s', (_what, lines, body) => {
    expect(unspeakable(lines, octetsOf(Buffer.from(body, 'latin1')))).toBeUndefined();
  });

  test('is a Request-URI that is no SIP URI, or a very long one', () => {
    expect(unaskable(uriText('urn:service:sos'))).toMatch(/no SIP URI/);
    expect(unaskable(uriText('tel:112'))).toMatch(/no SIP URI/);
    expect(unaskable(uriText(`sip:${'1'.repeat(396)}@h`))).toMatch(/too long/);
    expect(unaskable(uriText('sip:112@psap.example;x=y'))).toBeUndefined();
    expect(unaskable(uriText('sips:112@psap.example'))).toBeUndefined();
  });
});

describe('what is said to drachtio-srf', () => {
  test('has each header in its place, in text', () => {
    const said = spoken(headers(`X-Name: ${octetsOfText('Åsa')}`, 'X-Empty: '), NO_OCTETS);
    expect(said).toEqual({ headers: { 'X-Name': 'Åsa', 'X-Empty': '' } });
  });

  test('names what is written in its compact form in full', () => {
    const said = spoken(headers('s: a', 'o: b'), octetsOfText('☎'));
    expect(said).toEqual({ headers: { subject: 'a', event: 'b' }, body: '☎' });
  });

  test('breaks a line for each header of the same name, in their order [3261-7.3.1]', () => {
    const said = spoken(
      headers('X-Same: one', 'X-Other: x', 'x-same: two', 'X-SAME: three'),
      NO_OCTETS,
    );
    expect(said.headers).toEqual({
      'X-Same': 'one\r\nX-Same: two\r\nX-Same: three',
      'X-Other': 'x',
    });
  });
});

describe('what of a message may cross', () => {
  const message = { type: 'response', source: 'network', source_port: 0, protocol: 'udp' } as const;

  test('is its headers and body, as octets', () => {
    const raw =
      'SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: c\r\nCSeq: 1 INFO\r\nX-Name: Åsa\r\nContent-Length: 3\r\n\r\n☎';
    const { headers: lines, body } = contentOf({ ...message, raw, source_address: '10.0.0.1' });
    expect(body).toBe(octetsOfText('☎'));
    expect(lines.find(({ name }) => name === 'x-name')?.value).toBe(octetsOfText('Åsa'));
  });

  test('is nothing where it cannot be read', () => {
    const nothing = { headers: [], body: NO_OCTETS };
    expect(contentOf({ ...message, raw: undefined, source_address: '' })).toEqual(nothing);
  });
});
