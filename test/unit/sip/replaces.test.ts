import { describe, expect, test } from '@jest/globals';
import { uriText } from '../../../lib/sip/ids.ts';
import {
  readReplaces,
  replacesIn,
  withReplaces,
  writeReplaces,
} from '../../../lib/sip/replaces.ts';

const DIALOG = { callId: '98732@op.example', localTag: 'r33th4x0r', remoteTag: 'ff87ff' };

describe('Replaces', () => {
  test('names a dialog as its receiver sees it: the to-tag is the local one there [3891-6.1]', () => {
    const read = readReplaces('98732@op.example ; from-tag=ff87ff;To-Tag=r33th4x0r');
    expect(read).toEqual({ ...DIALOG, isEarlyOnly: false });
    expect(writeReplaces(read ?? never())).toBe(
      '98732@op.example;to-tag=r33th4x0r;from-tag=ff87ff',
    );
    const early = readReplaces('98732@op.example;to-tag=r33th4x0r;from-tag=ff87ff;early-only');
    expect(early).toEqual({ ...DIALOG, isEarlyOnly: true });
    expect(writeReplaces(early ?? never())).toMatch(/;early-only$/);
  });

  test.each(['', ';;', 'x', 'x;to-tag=1', 'x;from-tag=1', ';to-tag=1;from-tag=2'])(
    'without its Call-ID and both tags it names none: %j',
    (value) => {
      expect(readReplaces(value)).toBeUndefined();
    },
  );

  test('stands escaped in a URI that somebody is referred to [3261-19.1.1]', () => {
    const uri = uriText('sip:bob@biloxi.example;transport=tcp');
    const replaces = { ...(replacesIn(uriText(ESCAPED)) ?? never()) };
    expect(replaces).toEqual({ ...DIALOG, isEarlyOnly: false });
    const written = withReplaces(uri, replaces);
    expect(written).toMatch(/^sip:bob@biloxi\.example;transport=tcp\?Replaces=98732%40op/);
    expect(replacesIn(written)).toEqual(replaces);
  });

  test.each([
    'sip:bob@biloxi.example',
    'sip:bob@biloxi.example?Subject=Replaces',
    'sip:bob@biloxi.example?Replaces=%zz',
    'tel:112?Replaces=x',
  ])('%s says nothing of it', (uri) => {
    expect(replacesIn(uriText(uri))).toBeUndefined();
  });
});

const ESCAPED =
  'sip:bob@biloxi.example?Subject=x&replaces=98732%40op.example%3Bfrom-tag%3Dff87ff%3Bto-tag%3Dr33th4x0r';

function never(): never {
  throw new Error('it was not read');
}
