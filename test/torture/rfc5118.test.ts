import { describe, expect, test } from '@jest/globals';
import { headerValue } from '../../lib/sip/headers.ts';
import { parse } from '../../lib/sip/parse.ts';
import { parseUri } from '../../lib/sip/uri.ts';
import { readVia, stampVia } from '../../lib/sip/via.ts';
import { asInvite, RFC_5118 } from './rfc5118.ts';
import { VERDICTS } from './rfc5118-verdicts.ts';

const SOURCE = { address: '2001:db8::b', port: 5062 };

describe('the torture messages of RFC 5118', () => {
  test('are 12, each with a verdict of its own', () => {
    expect(RFC_5118).toHaveLength(12);
    expect(RFC_5118.map(({ name }) => name)).toEqual(Object.keys(VERDICTS));
  });

  describe.each(RFC_5118.map((message) => [message.name, message] as const))(
    '%s',
    (name, message) => {
      const verdict = VERDICTS[name];
      const parsed = parse(message.bytes);
      if (parsed.kind !== 'request') throw new Error(`${name} is a ${parsed.kind}`);

      test('is read without an oddity, and so is its INVITE', () => {
        expect(parsed.oddities).toEqual([]);
        expect(parse(asInvite(message, 'x'))).toMatchObject({
          kind: 'request',
          method: 'INVITE',
          oddities: [],
          body: parsed.body,
        });
      });

      test('names the host and port that the table says', () => {
        const uri = parseUri(parsed.uri);
        const at = uri.kind === 'sip' ? { host: uri.host, port: uri.port } : undefined;
        expect(at).toEqual(verdict?.at);
        if (message.isValid) expect(uri.kind).toBe('sip');
      });

      test('names the sent-by that the table says', () => {
        expect(parsed.via).toMatchObject({ ...verdict?.sentBy });
      });

      test('gets a Via that says once, without brackets, where it came from', () => {
        const stamped = stampVia(headerValue(parsed.headers, 'via') ?? '', SOURCE);
        const received = readVia(stamped)?.params.list.filter((one) => one.name === 'received');
        expect(received).toMatchObject([{ value: SOURCE.address }]);
      });
    },
  );

  test('never make the parser throw, wherever they are cut off', () => {
    for (const { bytes } of RFC_5118) {
      for (let end = 0; end < bytes.length; end += 1) parse(bytes.subarray(0, end));
    }
  });
});
