import { describe, expect, test } from '@jest/globals';
import { octetsOfText } from '../../../lib/base/brands.ts';
import { header } from '../../../lib/sip/header-names.ts';
import { sdpIn, sdpPartOf, withoutPart, withSdp } from '../../../lib/sip/sdp-part.ts';

const SDP = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n';
const OTHER = octetsOfText('v=0\r\n');

const typed = (value: string) => [header('Content-Type', value)];

function multipart(boundary: string, ...parts: readonly string[]): string {
  return `${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`;
}

const location = 'Content-Type: application/pidf+xml\r\nContent-ID: <l@x>\r\n\r\n<presence/>';
const sdpPart = `Content-Type: application/sdp\r\n\r\n${SDP}`;

/** The SDP that is found, and the body with another one in its place. */
function found(type: string, body: string) {
  const octets = octetsOfText(body);
  const part = sdpPartOf(typed(type), octets);
  if (part === undefined) return undefined;
  return [sdpIn(octets, part), withSdp(octets, part, OTHER)];
}

describe('the SDP of a body', () => {
  test('in a part that ends within its line breaks is empty, and no byte is said twice', () => {
    const body = multipart('b', 'Content-Type: application/sdp\r\n\r');
    expect(found('multipart/mixed;boundary=b', body)).toEqual([
      '',
      body.replace('\r\r', '\rv=0\r\n\r'),
    ]);
  });

  test.each(['application/sdp', 'Application/SDP', 'application/sdp;charset=utf-8'])(
    'is all of a body of type %s [5621-3.1]',
    (type) => {
      expect(found(type, SDP)).toEqual([SDP, OTHER]);
    },
  );

  test.each([
    ['first', [sdpPart, location]],
    ['last', [location, sdpPart]],
    ['behind a preamble', [location, sdpPart], 'who reads this knows no multipart\r\n'],
  ])(
    'is the part that says so, %s: all else stays to the byte [2046-5.1.1]',
    (_, parts, lead = '') => {
      const body = lead + multipart('b-1', ...parts);
      expect(found('multipart/mixed;boundary="b-1"', body)).toEqual([
        SDP,
        body.replace(SDP, OTHER),
      ]);
    },
  );

  test('is found with a folded or compact header, and a boundary without quotes', () => {
    const parts = [
      `c: application/sdp\r\nContent-Disposition: session;\r\n handling=required\r\n\r\n${SDP}`,
    ];
    const body = multipart('b', ...parts);
    expect(found('multipart/mixed; boundary=b', body)).toEqual([SDP, body.replace(SDP, OTHER)]);
  });

  test('is found in a multipart within a multipart', () => {
    const inner = `Content-Type: multipart/alternative;boundary=in\r\n\r\n${multipart('in', sdpPart)}`;
    const body = multipart('out', location, inner);
    expect(found('multipart/mixed;boundary=out', body)).toEqual([SDP, body.replace(SDP, OTHER)]);
  });

  test.each([
    ['another type', 'application/isup', SDP],
    ['no boundary', 'multipart/mixed', multipart('b', sdpPart)],
    ['another boundary', 'multipart/mixed;boundary=c', multipart('b', sdpPart)],
    ['no such part', 'multipart/mixed;boundary=b', multipart('b', location)],
    ['a part that never ends', 'multipart/mixed;boundary=b', `--b\r\n${sdpPart}`],
    ['nothing', 'application/sdp', ''],
  ])('is not there: %s', (_, type, body) => {
    expect(found(type, body)).toBeUndefined();
  });

  test('is left alone where it is encoded [3261-20.12]', () => {
    const headers = [...typed('application/sdp'), header('Content-Encoding', 'gzip')];
    expect(sdpPartOf(headers, octetsOfText(SDP))).toBeUndefined();
  });
});

describe('a body without its SDP', () => {
  const left = (type: string, body: string) => {
    const octets = octetsOfText(body);
    const part = sdpPartOf(typed(type), octets);
    return part === undefined ? undefined : withoutPart(octets, part);
  };

  test('is nothing where there was nothing else', () => {
    expect(left('application/sdp', SDP)).toBe('');
    expect(left('multipart/mixed;boundary=b', multipart('b', sdpPart))).toBe('');
  });

  test.each([
    ['first', [sdpPart, location]],
    ['last', [location, sdpPart]],
  ])('has every other part as it was, where it stood %s [2046-5.1.1]', (_, parts) => {
    const type = 'multipart/mixed;boundary=b';
    expect(left(type, multipart('b', ...parts))).toBe(multipart('b', location));
  });

  test('keeps what stands before the first delimiter', () => {
    const body = `a preamble\r\n${multipart('b', sdpPart, location)}`;
    expect(left('multipart/mixed;boundary=b', body)).toBe(
      `a preamble\r\n${multipart('b', location)}`,
    );
  });
});
