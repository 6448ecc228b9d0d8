import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { callIdOf } from '../../../../lib/call/ids.ts';
import { openRtpengine } from '../../../../lib/media/rtpengine/open-rtpengine.ts';
import type { CallId, MediaAnchor, MediaFace } from '../../../../lib/ports/media-anchor.ts';
import { sdpOf } from '../../../support/rtp-peer.ts';
import {
  VirtualRtpengine,
  virtualNgSockets,
  type Way,
} from '../../../support/virtual-rtpengine.ts';
import { VirtualWorld } from '../../../support/virtual-world.ts';

jest.setTimeout(120_000);
const SEEDS = 12;
const CALLS = 60;
const STEP_MS = 2;
const BUSY_MS = 20_000;
const QUIET_MS = 15_000;
/** Of one ask, when none of the same call is before it. */
const SETTLED_MS_MAX = 2000;
const FACE: MediaFace = { network: 'outside', protection: 'as-offered', ice: 'as-offered' };
const FACES = { a: FACE, b: FACE };
const SDP = sdpOf({ at: { address: '192.0.2.1', port: 4000 } });
const FIRST_SEED = Number(process.env['SEED'] ?? 1);

describe('media anchored while rtpengines die and datagrams are lost', () => {
  const seeds = Array.from({ length: SEEDS }, (_, index) => FIRST_SEED + index);
  let virtual: VirtualWorld;
  let engines: readonly VirtualRtpengine[];
  let anchor: MediaAnchor;
  let lost: CallId[];
  let slowestMs: number;
  let hungAt: number;
  let downAt: number;
  beforeEach(() => {
    lost = [];
    slowestMs = 0;
  });
  afterEach(() => anchor.close());

  test.each(seeds)('seed %i: every ask settles, and nothing is left anywhere', async (seed) => {
    open(seed, { lost: 0.1, twice: 0.1, delayMsMax: 40 });
    for (let fault = 0; fault < 12; fault += 1) virtual.at(draw(BUSY_MS), () => turnOne());
    let left = CALLS;
    for (let index = 0; index < CALLS; index += 1)
      void live(callIdOf(`sto-${index}`)).then(() => {
        left -= 1;
      });
    await pass(BUSY_MS);
    for (const engine of engines) engine.turn('alive');
    await pass(QUIET_MS);

    expect(left).toBe(0);
    expect(engines.map(({ calls }) => [...calls])).toEqual([[], [], []]);
    expect(slowestMs).toBeLessThanOrEqual(SETTLED_MS_MAX);
  });

  test('who has died and come back is told of, each call once, and moves', async () => {
    open(FIRST_SEED, { lost: 0, twice: 0, delayMsMax: 40 });
    const calls = Array.from({ length: 30 }, (_, index) => callIdOf(`got-${index}`));
    const agreed = Promise.all(calls.map(agree));
    await pass(5000);
    await agreed;
    const [first] = engines;
    const there = [...(first?.calls ?? [])];

    first?.turn('dead');
    virtual.at(virtual.nowMs + 100, () => first?.turn('alive'));
    await pass(8000);

    expect(there.length).toBeGreaterThan(0);
    expect(lost.toSorted((one, other) => one.localeCompare(other))).toEqual(
      there.toSorted((one, other) => one.localeCompare(other)),
    );
    const again = Promise.all(calls.map(agree));
    await pass(5000);
    expect((await again).flat().filter((kind) => kind !== 'anchored')).toEqual([]);
    expect(engines.flatMap((engine) => [...engine.calls]).length).toBe(calls.length);
  });

  test('a call that comes back is not ended by what was said when it left', async () => {
    open(FIRST_SEED, { lost: 0, twice: 0, delayMsMax: 40 });
    const call = callIdOf('sto-1');
    const [first, ...others] = engines;
    for (const other of others) other.turn('dead');
    void agree(call);
    await pass(1000);
    first?.turn('hung');
    others[0]?.turn('alive');
    void agree(call);
    await pass(1500);
    const away = [first, others[0]].map((engine) => engine?.calls.size);

    others[0]?.turn('dead');
    void agree(call);
    virtual.at(virtual.nowMs + 150, () => first?.turn('alive'));
    await pass(5000);

    expect(away).toEqual([1, 1]);
    expect(first?.calls.size).toBe(1);
  });

  test('an offer goes on elsewhere when its call is taken away in the middle of it', async () => {
    const call = callIdOf('sto-1');
    await hangFirst(call);
    await pass(5000);
    const downMs = downAt - hungAt;
    anchor.close();
    lost = [];
    await hangFirst(call);
    await pass(downMs - 200);

    const offered = agree(call);
    virtual.at(virtual.nowMs + 300, () => engines[0]?.turn('alive'));
    await pass(5000);

    expect(downMs).toBeGreaterThan(500);
    expect(await offered).toEqual(['anchored', 'anchored']);
    expect(engines.map((engine) => engine.calls.size)).toEqual([0, 1, 0]);
    expect(lost).toEqual([]);
  });

  /** A call at the first engine, which hangs; the second one is steady, the third one dead. */
  async function hangFirst(call: CallId): Promise<void> {
    open(FIRST_SEED, { lost: 0, twice: 0, delayMsMax: 40 });
    for (const other of engines.slice(1)) other.turn('dead');
    void agree(call);
    await pass(1000);
    engines[1]?.turn('alive');
    await pass(3000);
    engines[0]?.turn('hung');
    hungAt = virtual.nowMs;
  }

  function open(seed: number, way: Way): void {
    virtual = new VirtualWorld(seed);
    engines = [1, 2, 3].map((n) => new VirtualRtpengine({ address: `10.0.0.${n}`, port: 2223 }));
    anchor = openRtpengine({
      world: virtual.world,
      options: {
        instances: engines.map(({ at }) => ({ ng: at, weight: 1 })),
        interfaces: { outside: 'pub', inside: 'priv' },
        callsMax: 1000,
      },
      sink: {
        step: () => undefined,
        record: () => undefined,
        note({ event }) {
          if (event === 'media-down') downAt = virtual.nowMs;
        },
        count: () => undefined,
      },
      ears: { onLost: (call) => void lost.push(call) },
      openSocket: virtualNgSockets(virtual, engines, way),
    });
  }

  const draw = (below: number) => Math.floor(virtual.random() * below);

  /** One engine dies, hangs or comes back; not always is there one left. */
  function turnOne(): void {
    const states = ['alive', 'alive', 'dead', 'hung'] as const;
    engines[draw(engines.length)]?.turn(states[draw(states.length)] ?? 'alive');
  }

  async function agree(call: CallId) {
    const offered = await anchor.offer({ call, attempt: 1, from: 'a', sdp: SDP, faces: FACES });
    const answered = await anchor.answer({ call, attempt: 1, from: 'b', sdp: SDP });
    return [offered.kind, answered.kind];
  }

  /** A call that begins and ends at some moment, with some asks in between. */
  async function live(call: CallId): Promise<void> {
    await passed(draw(BUSY_MS / 2));
    const asks = [
      () => anchor.offer({ call, attempt: 1, from: 'a', sdp: SDP, faces: FACES }),
      () => anchor.answer({ call, attempt: 1, from: 'b', sdp: SDP }),
      () => anchor.restore(call, 1),
      () => anchor.abandon(call, 1),
      () => anchor.offer({ call, attempt: 2, from: 'a', sdp: SDP, faces: FACES }),
      () => anchor.answer({ call, attempt: 2, from: 'b', sdp: SDP }),
      () => anchor.offer({ call, attempt: 2, from: 'b', sdp: SDP, faces: FACES }),
    ];
    for (let count = draw(2 * asks.length); count > 0; count -= 1) {
      await timed(asks[draw(asks.length)] ?? (() => anchor.abandon(call, 1)));
      await passed(draw(500));
    }
    await timed(() => anchor.release(call));
  }

  async function timed(ask: () => Promise<unknown>): Promise<void> {
    const startedMs = virtual.nowMs;
    await ask();
    slowestMs = Math.max(slowestMs, virtual.nowMs - startedMs);
  }

  function passed(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      virtual.at(virtual.nowMs + delayMs, resolve);
    });
  }

  /** Lets time pass, and whoever waits for a promise go on in it. */
  async function pass(delayMs: number): Promise<void> {
    const untilMs = virtual.nowMs + delayMs;
    while (virtual.nowMs < untilMs) {
      virtual.runUntil(virtual.nowMs + STEP_MS);
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
  }
});
