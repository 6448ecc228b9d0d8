import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { parse } from '../../lib/sip/parse.ts';
import { RFC_4475 } from './rfc4475.ts';
import { VERDICTS } from './verdicts.ts';

describe('the torture messages of RFC 4475', () => {
  test('are 49, each with a verdict of its own', () => {
    expect(RFC_4475).toHaveLength(49);
    expect(RFC_4475.map(({ name }) => name)).toEqual(Object.keys(VERDICTS));
  });

  describe.each(RFC_4475.map((message) => [message.name, message] as const))(
    '%s',
    (name, message) => {
      const verdict = VERDICTS[name];
      const parsed = parse(message.bytes);

      test('is built byte for byte', () => {
        const digest = createHash('sha256').update(message.bytes).digest('hex');
        expect(digest.slice(0, 16)).toBe(verdict?.digest);
      });

      test('is judged as the table says', () => {
        expect(parsed.kind === 'fault' ? parsed.reason : parsed.kind).toBe(verdict?.parsed);
        const oddities = parsed.kind === 'fault' ? [] : parsed.oddities;
        expect([...new Set(oddities)]).toEqual(verdict?.oddities);
      });

      test('is a request or a response, also where it is unusable', () => {
        const isResponse = parsed.kind === 'fault' ? parsed.isResponse : parsed.kind === 'response';
        expect(isResponse).toBe(!message.isRequest);
      });

      test('is understood if the RFC calls it well-formed', () => {
        if (message.isValid) expect(parsed.kind).not.toBe('fault');
      });
    },
  );

  test('never make the parser throw, wherever they are cut off', () => {
    for (const { bytes } of RFC_4475) {
      for (let end = 0; end < bytes.length; end += 1) parse(bytes.subarray(0, end));
    }
  });

  test('never make the parser throw, whatever byte is a NUL or a line break', () => {
    for (const { bytes } of RFC_4475) {
      for (const byte of [0x00, 0x0a, 0x22, 0x3c, 0xff]) {
        for (let at = 0; at < bytes.length; at += 3) {
          const spoilt = Buffer.from(bytes);
          spoilt[at] = byte;
          parse(spoilt);
        }
      }
    }
  });
});
