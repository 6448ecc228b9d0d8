import { describe, expect, test } from '@jest/globals';
import { type Framed, openFraming } from '../../../../../lib/engine/builtin/proto/framing.ts';

const message = (body: string, length = `Content-Length: ${body.length}`) =>
  `INFO sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP c\r\n${length}\r\n\r\n${body}`;

/** What comes out when the text comes in pieces of that many bytes. */
function framed(text: string, pieceBytes = text.length): readonly string[] {
  const framing = openFraming();
  const bytes = Buffer.from(text, 'latin1');
  const found: string[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    found.push(...framing.push(bytes.subarray(at, at + pieceBytes)).map(inWords));
  }
  return found;
}

function inWords(found: Framed): string {
  switch (found.what) {
    case 'message':
      return found.bytes.toString('latin1');
    case 'ping':
      return 'ping';
    case 'broken':
      return `broken ${found.why} ${found.head === undefined ? 'headless' : 'with head'}`;
  }
}

describe('a stream is taken apart', () => {
  const three = [message('v=0\r\n'), message(''), message('x'.repeat(3000))];

  test.each([1, 2, 3, 7, 100, 1460, 100_000])('in pieces of %i bytes', (pieceBytes) => {
    expect(framed(`\r\n${three.join('')}`, pieceBytes)).toEqual(three);
  });

  test('a client or server MUST be able to find each message by its Content-Length over a stream-oriented transport [3261-18.3] [3261-20.14]', () => {
    const rows = ['l: 3', 'CONTENT-LENGTH :3', 'Content-Length:   3  '];
    for (const row of rows) expect(framed(message('abc', row))).toEqual([message('abc', row)]);
  });

  test('without a Content-Length there is no body', () => {
    expect(framed(`${message('', 'Subject: none')}${message('a')}`)).toEqual([
      message('', 'Subject: none'),
      message('a'),
    ]);
  });

  test('a message whose rest has not come waits', () => {
    const framing = openFraming();
    expect(framing.isBetweenMessages).toBe(true);
    expect(framing.push(Buffer.from(message('abc').slice(0, -1)))).toEqual([]);
    expect(framing.isBetweenMessages).toBe(false);
    expect(framing.push(Buffer.from('c')).map(inWords)).toEqual([message('abc')]);
    expect(framing.isBetweenMessages).toBe(true);
  });

  test('lines that end with LF alone are lived with', () => {
    const text = message('abc').replaceAll('\r\n', '\n');
    expect(framed(text, 1)).toEqual([text]);
  });
});

describe('line breaks', () => {
  test.each([1, 2, 3, 4])(
    'a double CRLF is a ping to be answered, in pieces of %i [5626-4.4.1]',
    (pieceBytes) => {
      expect(framed('\r\n\r\n', pieceBytes)).toEqual(['ping']);
      expect(framed('\r\n\r\n\r\n\r\n', pieceBytes)).toEqual(['ping', 'ping']);
      expect(framed(`\r\n\r\n${message('a')}\r\n\r\n`, pieceBytes)).toEqual([
        'ping',
        message('a'),
        'ping',
      ]);
    },
  );

  test('a single one is a pong, or stands before a message', () => {
    expect(framed('\r\n')).toEqual([]);
    expect(framed(`\r\n${message('a')}\r\n${message('b')}\r\n`)).toEqual([
      message('a'),
      message('b'),
    ]);
  });
});

describe('what cannot be framed', () => {
  test('65,535 bytes are one message, one more is too large', () => {
    const head = message('', 'l: 65000').length;
    const ofBody = (bytes: number) => message('x'.repeat(bytes), `l: ${bytes}`);
    expect(framed(ofBody(65_535 - head), 1000)).toHaveLength(1);
    expect(framed(ofBody(65_535 - head), 1000)[0]).toHaveLength(65_535);
    expect(framed(ofBody(65_536 - head), 1000)).toEqual(['broken too-large with head']);
  });

  test('is known as soon as the length is declared', () => {
    const text = message('', 'Content-Length: 70000');
    expect(framed(text, 1)).toEqual(['broken too-large with head']);
  });

  test('headers without an end', () => {
    expect(framed(`INFO sip:a@b SIP/2.0\r\nX: ${'x'.repeat(70_000)}`, 4096)).toEqual([
      'broken too-large headless',
    ]);
  });

  test.each(['abc', '-1', '1e3', '', '99999999999'])('a Content-Length of %j', (value) => {
    expect(framed(message('', `Content-Length: ${value}`))).toEqual([
      'broken content-length with head',
    ]);
  });

  test('and nothing comes after it', () => {
    const bad = message('', 'Content-Length: no');
    expect(framed(`${bad}${message('a')}`)).toHaveLength(1);
    expect(framed(`${bad}${message('a')}`, 1)).toHaveLength(1);
  });
});
