import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { callIdOf } from '../../lib/call/ids.ts';
import type { CallId, MediaAnchor } from '../../lib/ports/media-anchor.ts';
import type { Address } from '../../lib/sip/address.ts';
import {
  anchorAt,
  callsAt,
  forgetAt,
  placeAt,
  type Watched,
} from '../compliance/media-anchor/anchors.ts';
import { BROWSER } from '../compliance/media-anchor/callers.ts';
import {
  agree,
  FACES,
  INSIDE,
  OUTSIDE,
  openTalk,
  speakBothWays,
  type Talk,
} from '../compliance/media-anchor/talk.ts';
import type { Child } from '../support/child.ts';
import { sdpOf } from '../support/rtp-peer.ts';
import { hang, startRtpengine } from '../support/rtpengine.ts';
import { until } from '../support/until.ts';
import { VirtualWorld } from '../support/virtual-world.ts';

jest.setTimeout(60_000);
const FIRST = placeAt('127.24.0.11', '127.24.0.21');
const SECOND = placeAt('127.24.0.12', '127.24.0.22');
const AGAIN_WITHIN_MS = 3000;
/** What the port promises for one ask. */
const SETTLED_MS_MAX = 2000;
const CALLER: Address = { address: '127.23.0.1', port: 4000 };
const GATEWAY: Address = { address: '127.23.0.31', port: 4000 };

describe('media anchored at rtpengines that come and go', () => {
  let daemons: Child[];
  let watched: Watched;
  let anchor: MediaAnchor;
  let talk: Talk;
  const calls = Array.from({ length: 20 }, (_, index) => callIdOf(`got-${index}`));
  beforeEach(async () => {
    daemons = await Promise.all([startRtpengine(FIRST), startRtpengine(SECOND)]);
    watched = anchorAt([FIRST, SECOND]);
    anchor = watched.anchor;
    talk = await openTalk(anchor);
  });
  afterEach(async () => {
    anchor.close();
    talk.close();
    await Promise.all(daemons.map((daemon) => daemon.stop()));
  });

  async function settle(call: CallId) {
    const offer = { call, attempt: 1, sdp: sdpOf({ at: CALLER }), faces: FACES };
    const offered = await anchor.offer({ ...offer, from: 'a' });
    const answer = { call, attempt: 1, sdp: sdpOf({ at: GATEWAY, formats: '8' }) };
    return [offered.kind, (await anchor.answer({ ...answer, from: 'b' })).kind];
  }

  async function end(daemon: Child | undefined): Promise<void> {
    daemon?.signal('SIGKILL');
    await daemon?.ended;
  }

  test('calls are spread over both, and each stays where it is', async () => {
    for (const call of calls) await settle(call);
    const spread = [await callsAt(FIRST.ng), await callsAt(SECOND.ng)];

    for (const call of calls) await settle(call);

    expect([await callsAt(FIRST.ng), await callsAt(SECOND.ng)]).toEqual(spread);
    expect(new Set(spread.flat())).toEqual(new Set(calls));
    expect(Math.min(...spread.map((some) => some.length))).toBeGreaterThan(0);
  });

  test('one is killed: its calls are told of, and talk on at the other', async () => {
    const { caller } = talk;
    const { gateway } = await agree(talk, 1);
    const isAtFirst = (await callsAt(FIRST.ng)).length === 1;
    const killedAt = performance.now();
    await end(daemons[isAtFirst ? 0 : 1]);
    await until('word of the loss', () => watched.lost.includes(talk.call));

    const toGateway = await talk.offer('a', 1, sdpOf({ at: caller.at, version: 2 }));
    const toCaller = await talk.answer('b', 1, sdpOf({ at: gateway.at, version: 2, formats: '8' }));
    await speakBothWays(caller, toCaller.sdp, gateway, toGateway.sdp);

    expect(performance.now() - killedAt).toBeLessThan(AGAIN_WITHIN_MS);
    expect(watched.lost).toEqual([talk.call]);
    expect(watched.notices).toMatchObject([{ event: 'media-down', level: 'warn', calls: 1 }]);
    expect((await callsAt(isAtFirst ? SECOND.ng : FIRST.ng)).length).toBe(1);
    await anchor.release(talk.call);
    expect(await callsAt(isAtFirst ? SECOND.ng : FIRST.ng)).toEqual([]);
  });

  test('a leg is offered what it speaks by one that has never heard of it', async () => {
    const { caller, gateways } = talk;
    const faces = { a: OUTSIDE, b: { ...INSIDE, protection: 'none' } } as const;
    await talk.offer('a', 1, sdpOf({ at: caller.at, ...BROWSER }), faces);
    await talk.answer('b', 1, sdpOf({ at: gateways[0].at, formats: '8' }));
    const isAtFirst = (await callsAt(FIRST.ng)).length === 1;
    await end(daemons[isAtFirst ? 0 : 1]);

    const again = sdpOf({ at: gateways[0].at, version: 2, formats: '8' });
    const offered = await talk.offer('b', 1, again, faces);

    expect(offered.sdp).toMatch(/^m=audio \d+ UDP\/TLS\/RTP\/SAVPF 8\r$/m);
    expect(offered.sdp).toMatch(/^a=fingerprint:/m);
    expect(offered.sdp).toMatch(/^a=ice-ufrag:/m);
    expect(offered.sdp).not.toContain('a=crypto');
  });

  test('one that is killed costs no new call', async () => {
    await end(daemons[0]);

    const kinds = await Promise.all(calls.map(settle));

    expect(kinds.flat().filter((kind) => kind !== 'anchored')).toEqual([]);
    expect((await callsAt(SECOND.ng)).length).toBe(calls.length);
  });

  test('one that hangs costs no new call, and keeps nothing when it wakes', async () => {
    if (daemons[0] !== undefined) await hang(daemons[0]);
    const startedAt = performance.now();

    const offered = await Promise.all(
      calls.map((call) =>
        anchor.offer({ call, attempt: 1, from: 'a', sdp: sdpOf({ at: CALLER }), faces: FACES }),
      ),
    );

    expect(performance.now() - startedAt).toBeLessThan(SETTLED_MS_MAX);
    expect(offered.filter(({ kind }) => kind !== 'anchored')).toEqual([]);
    expect((await callsAt(SECOND.ng)).length).toBe(calls.length);
    daemons[0]?.signal('SIGCONT');
    await until('it to have forgotten', async () => (await callsAt(FIRST.ng)).length === 0);
    expect((await callsAt(SECOND.ng)).length).toBe(calls.length);
  });

  test('all hang for a while: calls stay where they are, and talk on', async () => {
    const { caller } = talk;
    const { toCaller, toGateway, gateway } = await agree(talk, 1);
    await Promise.all(daemons.map(hang));
    await until('both to be down', () => watched.notices.length === 2);

    for (const daemon of daemons) daemon.signal('SIGCONT');
    await until('both to be up', () => watched.notices.length === 4);

    await speakBothWays(caller, toCaller.sdp, gateway, toGateway.sdp);
    expect(watched.lost).toEqual([]);
  });

  test('all are dead: it is said soon, and calls are taken again when one is back', async () => {
    await agree(talk, 1);
    await Promise.all(daemons.map(end));
    await until('both to be down', () => watched.notices.length === 2);
    expect(watched.lost).toEqual([]);
    const startedAt = performance.now();
    const offer = { call: talk.call, attempt: 1, sdp: sdpOf({ at: CALLER }), faces: FACES };

    const offered = await anchor.offer({ ...offer, from: 'a' });

    expect(offered).toMatchObject({ kind: 'failed', why: 'unreachable' });
    expect(performance.now() - startedAt).toBeLessThan(SETTLED_MS_MAX);
    daemons.push(await startRtpengine(SECOND));
    await until('word of the loss', () => watched.lost.includes(talk.call));
    expect((await settle(talk.call)).at(-1)).toBe('anchored');
  });

  test('one that hangs through an answer is found out, and nothing rejects', async () => {
    await talk.offer('a', 1, sdpOf({ at: CALLER }));
    await Promise.all(daemons.map(hang));
    const startedAt = performance.now();

    const answer = { call: talk.call, attempt: 1, sdp: sdpOf({ at: GATEWAY, formats: '8' }) };
    const answered = await anchor.answer({ ...answer, from: 'b' });

    expect(answered).toMatchObject({ kind: 'failed', why: 'silent' });
    expect(performance.now() - startedAt).toBeLessThan(SETTLED_MS_MAX);
    for (const daemon of daemons) daemon.signal('SIGCONT');
    expect((await anchor.answer({ ...answer, from: 'b' })).kind).toBe('anchored');
  });

  test('one that was restarted between two beats has lost its calls', async () => {
    await agree(talk, 1);
    const isAtFirst = (await callsAt(FIRST.ng)).length === 1;

    await end(daemons[isAtFirst ? 0 : 1]);
    daemons.push(await startRtpengine(isAtFirst ? FIRST : SECOND));

    await until('word of the loss', () => watched.lost.includes(talk.call));
    const answer = { call: talk.call, attempt: 1, sdp: sdpOf({ at: GATEWAY, formats: '8' }) };
    expect(await anchor.answer({ ...answer, from: 'b' })).toMatchObject({ why: 'lost' });
  });

  test('a call that rtpengine ended by itself is told of, and no other one', async () => {
    const others = calls.slice(0, 3);
    for (const call of others) await settle(call);
    await agree(talk, 1);
    const ng = (await callsAt(FIRST.ng)).includes(talk.call) ? FIRST.ng : SECOND.ng;

    await forgetAt(ng, talk.call);

    await until('word of the loss', () => watched.lost.length > 0);
    expect(watched.lost).toEqual([talk.call]);
    expect((await callsAt(ng)).includes(talk.call)).toBe(false);
  });

  test('a thousand calls that end at any moment leave nothing', async () => {
    const seed = Number(process.env['SEED'] ?? 20261126);
    process.stdout.write(`seed ${seed}\n`);
    const { random } = new VirtualWorld(seed);
    const draw = (below: number) => Math.floor(random() * below);
    for (let batch = 0; batch < 20; batch += 1) {
      const some = Array.from({ length: 50 }, (_, index) => `mal-${batch}-${index}`);
      await Promise.all(some.map((name) => liveAndEnd(callIdOf(name), draw)));
    }

    await until('them to be gone', async () => {
      const left = [...(await callsAt(FIRST.ng)), ...(await callsAt(SECOND.ng))];
      return left.length === 0;
    });
    expect(watched.lost).toEqual([]);
    expect(watched.counts.get('release-done')).toBe(1000);
    expect([...watched.counts.keys()].filter((label) => label.endsWith('-lost'))).toEqual([]);
  });

  /** Some steps of a call, waited for or not, and its end in the middle of them. */
  async function liveAndEnd(call: CallId, draw: (below: number) => number): Promise<void> {
    const toGateway = { call, sdp: sdpOf({ at: CALLER }), faces: FACES, from: 'a' } as const;
    const toCaller = { call, sdp: sdpOf({ at: GATEWAY, formats: '8' }), from: 'b' } as const;
    const steps = [
      () => anchor.offer({ ...toGateway, attempt: 1 }),
      () => anchor.answer({ ...toCaller, attempt: 1 }),
      () => anchor.abandon(call, 1),
      () => anchor.offer({ ...toGateway, attempt: 2 }),
      () => anchor.answer({ ...toCaller, attempt: 2 }),
      () => anchor.offer({ ...toGateway, attempt: 2 }),
      () => anchor.restore(call, 2),
      () => anchor.abandon(call, 2),
    ];
    const open: Promise<unknown>[] = [];
    for (const step of steps.slice(0, 1 + draw(steps.length))) {
      const done = step();
      open.push(done);
      if (draw(3) > 0) await done;
    }
    open.push(anchor.release(call));
    await Promise.all(open);
  }
});
