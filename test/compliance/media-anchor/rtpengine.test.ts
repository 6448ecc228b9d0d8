import { afterAll, beforeAll, describe, jest } from '@jest/globals';
import { realWorld } from '../../../lib/base/real-world.ts';
import { openRtpengine } from '../../../lib/media/rtpengine/open-rtpengine.ts';
import type { Child } from '../../support/child.ts';
import { INTERFACES, startRtpengine } from '../../support/rtpengine.ts';
import { mediaAnchorSuite } from './suite.ts';

const PLACE = {
  ng: { address: '127.23.0.11', port: 2223 },
  outside: '127.23.0.11',
  inside: '127.23.0.21',
};
jest.setTimeout(60_000);

describe('media anchored at rtpengine', () => {
  let daemon: Child;
  beforeAll(async () => {
    daemon = await startRtpengine(PLACE);
  });
  afterAll(async () => {
    await daemon.stop();
  });

  mediaAnchorSuite(async () => {
    const anchor = openRtpengine({
      world: realWorld(),
      options: { instances: [{ ng: PLACE.ng, weight: 1 }], interfaces: INTERFACES, callsMax: 100 },
      sink: {
        step: () => undefined,
        record: () => undefined,
        note: () => undefined,
        count: () => undefined,
      },
      ears: {
        onLost: (call) => {
          throw new Error(`${call} is lost`);
        },
      },
    });
    return { anchor, close: async () => anchor.close() };
  });
});
