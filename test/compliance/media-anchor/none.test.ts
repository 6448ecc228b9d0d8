import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { anchorNothing } from '../../../lib/media/none/anchor-nothing.ts';
import { sdpOf } from '../../support/rtp-peer.ts';
import { mediaAnchorSuite } from './suite.ts';
import { openTalk, type Talk } from './talk.ts';

describe('media that is not anchored', () => {
  mediaAnchorSuite(async () => ({ anchor: anchorNothing(), close: async () => undefined }));

  let talk: Talk;
  beforeEach(async () => {
    talk = await openTalk(anchorNothing());
  });
  afterEach(() => talk.close());

  test('SDP crosses to the byte', async () => {
    const offer = sdpOf({ at: talk.caller.at, more: ['a=x:\xe5\n', 'b=AS:64'] });

    expect((await talk.offer('a', 1, offer)).sdp).toBe(offer);
    expect((await talk.answer('b', 1, offer)).sdp).toBe(offer);
  });
});
