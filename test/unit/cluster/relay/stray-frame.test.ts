import { describe, expect, test } from '@jest/globals';
import { FRAME_BYTES_MAX } from '../../../../lib/cluster/links/frame.ts';
import {
  readAnswer,
  readReturn,
  readStray,
  writeAnswer,
  writeReturn,
  writeStray,
} from '../../../../lib/cluster/relay/stray-frame.ts';
import type { RelayedStray } from '../../../../lib/ports/neighbours.ts';
import { MESSAGE_BYTES_MAX } from '../../../../lib/sip/parse.ts';

const stray: RelayedStray = {
  number: 7,
  source: { address: '2001:db8::7', port: 5060 },
  transport: 'tcp',
  listener: { role: 'anycast', address: '192.0.2.112', port: 5060 },
  raw: Buffer.from('BYE sip:a@b SIP/2.0\r\n\r\n\0\xff', 'latin1'),
  emergency: false,
};

describe('a stray on a link', () => {
  test('arrives byte for byte, with its source, transport and listener', () => {
    expect(readStray(writeStray(stray))).toEqual(stray);
  });

  test('of the largest size fits a frame, and a larger one is none', () => {
    const raw = Buffer.alloc(MESSAGE_BYTES_MAX);
    const written = writeStray({ ...stray, raw });
    expect(written.length + 100).toBeLessThan(FRAME_BYTES_MAX);
    expect(readStray(written)?.raw.length).toBe(MESSAGE_BYTES_MAX);
    expect(readStray(writeStray({ ...stray, raw: Buffer.alloc(MESSAGE_BYTES_MAX + 1) }))).toBe(
      undefined,
    );
  });

  test('of the oldest version may be of an emergency call', () => {
    const text = writeStray(stray).subarray(2).toString('latin1');
    const bytes = Buffer.from(text.replace(',false]', ']'), 'latin1');
    const length = Buffer.alloc(2);
    length.writeUInt16BE(bytes.indexOf(']') + 1, 0);
    expect(readStray(Buffer.concat([length, bytes]))).toEqual({ ...stray, emergency: true });
  });

  test('of a newer version may say more', () => {
    const [head = '', rest = ''] = writeStray(stray).subarray(2).toString('latin1').split(']');
    const list = `${head},"more",{}]`;
    const longer = Buffer.from(`${list}${rest}`, 'latin1');
    const length = Buffer.alloc(2);
    length.writeUInt16BE(list.length, 0);
    expect(readStray(Buffer.concat([length, longer]))).toEqual(stray);
  });

  test.each([
    ['a host name', { source: { address: 'psap.example/', port: 1 } }],
    ['a port beyond all', { source: { address: '192.0.2.1', port: 65_536 } }],
    ['a number below zero', { number: -1 }],
    ['no bytes', { raw: Buffer.alloc(0) }],
    ['an unknown transport', { transport: 'sctp' as 'udp' }],
    ['an unknown role', { listener: { role: 'any' as 'anycast', address: '192.0.2.1', port: 1 } }],
  ])('with %s is none', (_, change) => {
    expect(readStray(writeStray({ ...stray, ...change }))).toBeUndefined();
  });
});

describe('what comes back', () => {
  test('says what became of it; what cannot be read is unknown', () => {
    for (const answer of [
      { kind: 'carried' },
      { kind: 'unknown' },
      { kind: 'moved', to: 1023 },
    ] as const) {
      expect(readAnswer(writeAnswer(answer))).toEqual(answer);
    }
    for (const text of ['', 'moved', 'moved -1', 'moved 12345', 'carried!', '\0']) {
      expect(readAnswer(Buffer.from(text))).toEqual({ kind: 'unknown' });
    }
  });

  test('is sent byte for byte', () => {
    const back = { number: 2 ** 32 - 1, raw: stray.raw };
    expect(readReturn(writeReturn(back))).toEqual(back);
    for (const length of [0, 3, 4, MESSAGE_BYTES_MAX + 5]) {
      expect(readReturn(Buffer.alloc(length))).toBeUndefined();
    }
  });
});
