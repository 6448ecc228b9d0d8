import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  jest,
  test,
} from '@jest/globals';
import type { MediaFace } from '../../../lib/ports/media-anchor.ts';
import type { Child } from '../../support/child.ts';
import { audioOf, type SdpParts, sdpOf } from '../../support/rtp-peer.ts';
import { startRtpengine } from '../../support/rtpengine.ts';
import { anchorAt, callsAt, placeAt, type Watched } from './anchors.ts';
import { BROWSER, FINGERPRINT, SDES } from './callers.ts';
import { mediaAnchorSuite } from './suite.ts';
import { agree, heardInAll, INSIDE, OUTSIDE, openTalk, speakBothWays, type Talk } from './talk.ts';

jest.setTimeout(60_000);
const PLACE = placeAt('127.23.0.11', '127.23.0.21');
const plain: MediaFace = { network: 'inside', protection: 'none', ice: 'none' };

describe('media anchored at rtpengine', () => {
  let daemon: Child;
  beforeAll(async () => {
    daemon = await startRtpengine(PLACE);
  });
  afterAll(async () => {
    await daemon.stop();
  });

  describe('is media anchored', () => {
    mediaAnchorSuite(async () => {
      const { anchor, lost } = anchorAt([PLACE]);
      return {
        anchor,
        async close() {
          expect(lost).toEqual([]);
          expect(await callsAt(PLACE.ng)).toEqual([]);
          anchor.close();
        },
      };
    });
  });

  describe('and more than that', () => {
    let watched: Watched;
    let talk: Talk;
    beforeAll(() => {
      watched = anchorAt([PLACE]);
    });
    afterAll(() => watched.anchor.close());
    beforeEach(async () => {
      talk = await openTalk(watched.anchor);
    });
    afterEach(async () => {
      await watched.anchor.release(talk.call);
      talk.close();
      expect(await callsAt(PLACE.ng)).toEqual([]);
    });

    /** The first offer of the caller as the gateway gets it, and what the caller gets in turn. */
    async function told(parts: Omit<SdpParts, 'at'>, inside: MediaFace) {
      const { caller, gateways } = talk;
      const faces = { a: OUTSIDE, b: inside };
      const toGateway = await talk.offer('a', 1, sdpOf({ at: caller.at, ...parts }), faces);
      const toCaller = await talk.answer('b', 1, sdpOf({ at: gateways[0].at, formats: '8' }));
      return { toGateway: toGateway.sdp, toCaller: toCaller.sdp };
    }

    test('each leg sees the address of the node on its own side alone', async () => {
      const { caller } = talk;
      const { toCaller, toGateway, gateway } = await agree(talk, 1);

      const heard = await speakBothWays(caller, toCaller.sdp, gateway, toGateway.sdp);

      expect(addressesIn(toCaller.sdp)).toEqual([PLACE.outside]);
      expect(addressesIn(toGateway.sdp)).toEqual([PLACE.inside]);
      expect(heard.caller).toEqual([`${PLACE.outside}:${audioOf(toCaller.sdp).port}`]);
      expect(heard.gateway).toEqual([`${PLACE.inside}:${audioOf(toGateway.sdp).port}`]);
    });

    test('a leg hears of one session, one version more with each change [3264-8]', async () => {
      const first = await agree(talk, 1);
      const second = await agree(talk, 2);
      const same = await talk.answer('b', 2, sdpOf({ at: second.gateway.at, formats: '8' }));
      const held = sdpOf({ at: second.gateway.at, formats: '8', more: ['a=sendonly'] });

      const changed = await talk.offer('b', 2, held);

      const [, id, version] = originOf(first.toCaller.sdp);
      expect(originOf(second.toCaller.sdp)).toEqual(['-', id, version, 'IN', 'IP4', PLACE.outside]);
      expect(same.sdp).toBe(second.toCaller.sdp);
      expect(originOf(changed.sdp).slice(1, 3)).toEqual([id, `${Number(version) + 1}`]);
    });

    test('what the caller was told by one gateway stands when another answers alike', async () => {
      const { caller, gateways } = talk;
      const first = await agree(talk, 1);
      const toSecond = await talk.offer('a', 2, sdpOf({ at: caller.at }));
      const alike = await talk.answer('b', 2, sdpOf({ at: gateways[1].at, formats: '8' }));

      const heard = await speakBothWays(caller, first.toCaller.sdp, gateways[1], toSecond.sdp);
      const unlike = await talk.answer('b', 2, sdpOf({ at: gateways[1].at, formats: '0' }));

      expect(first.toCaller.stands).toBe(false);
      expect(alike.stands).toBe(true);
      expect(heard.caller).toEqual([`${PLACE.outside}:${audioOf(first.toCaller.sdp).port}`]);
      expect(unlike.stands).toBe(false);
      expect(formatsIn(unlike.sdp)).toBe('0');
    });

    test('formats are those of whoever answers last', async () => {
      const { caller, gateways } = talk;
      const [one, other] = gateways;
      const answered = async (attempt: 1 | 2, formats: string) => {
        const at = attempt === 1 ? one.at : other.at;
        return formatsIn((await talk.answer('b', attempt, sdpOf({ at, formats }))).sdp);
      };
      await talk.offer('a', 1, sdpOf({ at: caller.at }));
      const first = await answered(1, '8');
      await talk.offer('a', 2, sdpOf({ at: caller.at }));

      const then = [await answered(2, '0'), await answered(1, '8'), await answered(1, '0')];

      expect([first, ...then]).toEqual(['8', '0', '8', '0']);
    });

    test('a gateway that is over is not heard beside the next one', async () => {
      const { caller } = talk;
      const first = await agree(talk, 1);
      const second = await agree(talk, 2);

      await watched.anchor.abandon(talk.call, 1);
      await first.gateway.speak(first.toGateway.sdp, 5);
      await second.gateway.speak(second.toGateway.sdp, 5);

      expect(await heardInAll(caller, 5)).toBe(5);
    });

    test('the port toward the caller stays when the only gateway is over before the next', async () => {
      const first = await agree(talk, 1);
      await watched.anchor.abandon(talk.call, 1);

      const second = await agree(talk, 2);
      await first.gateway.speak(first.toGateway.sdp, 5);
      await second.gateway.speak(second.toGateway.sdp, 5);

      expect(await heardInAll(talk.caller, 5)).toBe(5);
      expect(second.toCaller.stands).toBe(true);
      expect(audioOf(second.toCaller.sdp)).toEqual(audioOf(first.toCaller.sdp));
    });

    test('what came from each leg is counted when it is over', async () => {
      const { caller } = talk;
      const { toCaller, toGateway, gateway } = await agree(talk, 1);
      await speakBothWays(caller, toCaller.sdp, gateway, toGateway.sdp);
      await speakBothWays(caller, toCaller.sdp, gateway, toGateway.sdp);

      const released = await watched.anchor.release(talk.call);

      if (released.kind === 'failed') throw new Error(released.reason);
      const { a, b } = released.legs ?? {};
      expect(a).toMatchObject({ packets: 20, octets: 20 * 172 });
      expect(b).toMatchObject({ packets: 20, octets: 20 * 172 });
      expect(Math.abs((a?.lastAt ?? 0) - Date.now())).toBeLessThan(10_000);
    });

    test('keys by SDES end at the node where the gateway is to get none', async () => {
      const { toGateway, toCaller } = await told(SDES, plain);

      expect(toGateway).toMatch(/^m=audio \d+ RTP\/AVP 8 0\r$/m);
      expect(toGateway).not.toContain('a=crypto');
      expect(toCaller).toMatch(/^m=audio \d+ RTP\/SAVP 8\r$/m);
      expect(toCaller.match(/a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:/g)).toHaveLength(1);
      expect(toCaller).not.toContain('d0RmdmcmVCspeEc3');
    });

    test('keys by SDES are offered on as such, without ciphers that protect nothing', async () => {
      const { toGateway } = await told(SDES, INSIDE);

      expect(toGateway).toMatch(/^m=audio \d+ RTP\/SAVP 8 0\r$/m);
      expect(toGateway).toContain('a=crypto:1 AES_CM_128_HMAC_SHA1_80');
      expect(toGateway).not.toMatch(/NULL_|F8_|a=fingerprint/);
    });

    test('a gateway gets SDES or DTLS where it is to', async () => {
      const sdes = await told({}, { ...plain, protection: 'sdes' });
      await watched.anchor.release(talk.call);
      const dtls = await told({}, { ...plain, protection: 'dtls' });

      expect(sdes.toGateway).toMatch(/^m=audio \d+ RTP\/SAVP 8 0\r$/m);
      expect(sdes.toGateway).toContain('AES_256_CM_HMAC_SHA1_80');
      expect(sdes.toGateway).not.toMatch(/NULL_|F8_|a=fingerprint/);
      expect(dtls.toGateway).toMatch(/^m=audio \d+ UDP\/TLS\/RTP\/SAVP 8 0\r$/m);
      expect(dtls.toGateway).toMatch(/a=setup:actpass\r\na=fingerprint:sha-256 /);
      expect(dtls.toGateway).not.toContain('a=crypto');
    });

    test('a browser talks DTLS-SRTP and ICE with the node, the gateway plain RTP', async () => {
      const { toGateway, toCaller } = await told(BROWSER, plain);

      expect(toGateway).toMatch(/^m=audio \d+ RTP\/AVP 8 0\r$/m);
      expect(toGateway).not.toMatch(/ice-|candidate|fingerprint|rtcp-mux|crypto/);
      expect(toCaller).toMatch(/^m=audio \d+ UDP\/TLS\/RTP\/SAVPF 8\r$/m);
      expect(toCaller).toMatch(/a=fingerprint:sha-256 /);
      expect(toCaller).toMatch(new RegExp(`a=candidate:\\S+ 1 UDP \\d+ ${PLACE.outside} `));
      expect(toCaller).not.toContain(FINGERPRINT);
    });

    test('a leg is offered anew what it speaks, whatever the other one does', async () => {
      const { toCaller } = await told(BROWSER, plain);
      const [gateway] = talk.gateways;
      const again = sdpOf({ at: gateway.at, version: 2, formats: '8' });

      const offered = await talk.offer('b', 1, again, { a: OUTSIDE, b: plain });

      expect(offered.sdp).toMatch(/^m=audio \d+ UDP\/TLS\/RTP\/SAVPF 8\r$/m);
      expect(offered.sdp).toMatch(/a=ice-ufrag:/);
      expect(offered.sdp).toMatch(/a=fingerprint:/);
      expect(audioOf(offered.sdp)).toEqual(audioOf(toCaller));
    });

    test('candidates are offered where they always are to be', async () => {
      const { toGateway } = await told({}, { ...INSIDE, ice: 'always' });

      expect(toGateway).toMatch(new RegExp(`a=candidate:\\S+ 1 UDP \\d+ ${PLACE.inside} `));
    });

    test('what is no SDP is refused, with the reason, and leaves nothing', async () => {
      const anchored = await watched.anchor.offer({
        call: talk.call,
        attempt: 1,
        from: 'a',
        sdp: sdpOf({ at: { address: 'nowhere', port: 1 } }),
        faces: { a: OUTSIDE, b: INSIDE },
      });

      expect(anchored).toMatchObject({ kind: 'failed', why: 'refused' });
    });
  });
});

const addressesIn = (sdp: string) => [...new Set(sdp.match(/127\.\d+\.\d+\.\d+/g))];

const originOf = (sdp: string) => (/^o=(.*)\r$/m.exec(sdp)?.[1] ?? '').split(' ');

const formatsIn = (sdp: string) => /^m=audio \d+ \S+ (.*)\r$/m.exec(sdp)?.[1];
