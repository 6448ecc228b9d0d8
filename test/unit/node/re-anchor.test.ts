import { expect, test } from '@jest/globals';
import { NO_OCTETS, octetsOf } from '../../../lib/base/brands.ts';
import { forkTag, type LiveCall } from '../../../lib/node/live-call.ts';
import { reAnchoring } from '../../../lib/node/re-anchor.ts';
import type { EventSink } from '../../../lib/ports/event-sink.ts';
import type { SipEngine } from '../../../lib/ports/sip-engine.ts';
import { header } from '../../../lib/sip/header-names.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';

function answered(emergency: boolean, media: object): LiveCall {
  return {
    state: {
      tag: 'talking',
      bridge: { fork: 0, attempt: 1, tag: 'gw' },
      facts: { callId: 'x-1', emergency },
    },
    identities: [{ tag: 'ours' }],
    media: { isUnanchored: false, refusals: 0, ...media },
  } as unknown as LiveCall;
}

/** An answered call whose gateway answers each re-INVITE with that status. */
function talking(status: number) {
  const time = new VirtualWorld(1);
  const notes: Record<string, unknown>[] = [];
  const offers: number[] = [];
  const call = answered(true, { saidByA: octetsOf(Buffer.from('v=0')) });
  const sink = { note: (one: Record<string, unknown>) => notes.push(one) } as unknown as EventSink;
  const around = { world: time.world, sink, engine: {} as SipEngine };
  const anew = reAnchoring(around, (_, event) => {
    if (event.on !== 'asked') return;
    offers.push(time.nowMs);
    const { request } = event;
    const says = { reason: 'x', headers: [], body: octetsOf(Buffer.alloc(0)), door: undefined };
    const { dialog } = event;
    time.at(time.nowMs + 1, () =>
      anew.reply(call, { do: 'reply', request, status, dialog, ...says } as never),
    );
  });
  anew.begin(call);
  return { time, notes, offers };
}

test('a gateway that takes no re-INVITE is asked ever more seldom, and at last somebody is told', () => {
  const { time, notes, offers } = talking(488);
  time.runUntil(60_000);
  expect(notes).toEqual([]);
  time.runUntil(3_600_000);
  expect(offers).toHaveLength(8);
  expect(notes).toEqual([
    {
      event: 'media-unanchored',
      level: 'error',
      callId: 'x-1',
      emergency: true,
      why: '8 offers were refused',
    },
  ]);
  expect(time.pending).toBe(0);
});

/** An answered call whose gateway has agreed, and whose caller answers our re-INVITE like that. */
function agreed(status: number, anchors: boolean) {
  const time = new VirtualWorld(1);
  const notes: Record<string, unknown>[] = [];
  const offers: number[] = [];
  const asked: unknown[] = [];
  const kind = anchors ? 'anchored' : 'failed';
  const anchor = {
    answer: async (answer: unknown) => {
      asked.push(answer);
      return { kind, why: 'silent', reason: 'x', sdp: NO_OCTETS };
    },
    restore: async (...of: unknown[]) => void asked.push(of),
  };
  const call = answered(false, { anchor, saidByA: BEFORE });
  const confirmed: number[] = [];
  const engine = { confirm: () => confirmed.push(time.nowMs) } as unknown as SipEngine;
  const sink = { note: (one: Record<string, unknown>) => notes.push(one) } as unknown as EventSink;
  const anew = reAnchoring({ world: time.world, sink, engine }, (_, event) => {
    if (event.on !== 'asked') return;
    offers.push(time.nowMs);
    const { request } = event;
    const content = { headers: [header('Content-Type', 'application/sdp')], body: AFTER };
    anew.onReplied(call, {
      on: 'replied',
      status,
      reason: 'x',
      request,
      tag: forkTag(call, 0),
      ...content,
    });
  });
  anew.begin(call);
  return { time, call, notes, offers, asked, confirmed };
}

const BEFORE = octetsOf(Buffer.from('v=0 before'));
const AFTER = octetsOf(Buffer.from('v=0 after'));

test('what the caller answers is heard by the anchor, and is what it is known to have said', async () => {
  const { time, call, offers, asked, notes } = agreed(200, true);
  time.runUntil(1);
  await settled();
  time.runUntil(60_000);

  expect(asked).toEqual([{ call: 'x-1', attempt: 1, from: 'a', sdp: AFTER }]);
  expect(call.media).toMatchObject({ saidByA: AFTER, anew: undefined, refusals: 0 });
  expect([offers.length, notes]).toEqual([1, []]);
});

test('an answer of the caller that is not anchored is said, and all is tried again', async () => {
  const { time, call, offers, notes, confirmed } = agreed(200, false);
  time.runUntil(1);
  await settled();
  expect(notes).toMatchObject([
    { event: 'media-unanchored', level: 'warn', callId: 'x-1', why: 'silent: x' },
  ]);

  time.runUntil(600);
  expect([offers, confirmed]).toEqual([
    [0, 501],
    [0, 501],
  ]);
  await settled();
  expect(call.media).toMatchObject({ anew: undefined, refusals: 2 });
});

test('an offer that the caller refuses is taken back at the anchor [3261-14.1]', async () => {
  const { time, call, asked, confirmed } = agreed(488, true);
  time.runUntil(1);
  await settled();

  expect(asked).toEqual([['x-1', 1]]);
  expect(confirmed).toEqual([]);
  expect(call.media).toMatchObject({ saidByA: BEFORE, anew: undefined, refusals: 1 });
});

test('what the gateway answers stays here if it is not anchored, and the gateway gets its ACK', () => {
  const time = new VirtualWorld(1);
  const taken: string[] = [];
  const call = {
    state: { tag: 'renegotiating', bridge: { fork: 0, attempt: 1 }, facts: { callId: 'x-1' } },
    identities: [{ tag: 'ours' }],
    media: { anchor: { restore: async () => taken.push('restored') }, refusals: 0, anew: 'm1' },
  } as unknown as LiveCall;
  const around = { world: time.world, sink: {} as EventSink, engine: {} as SipEngine };
  const anew = reAnchoring(around, (_, event) => {
    taken.push(event.on);
  });

  anew.onFailed(call, { do: 'reply', request: 'm1' } as never);

  expect(taken).toEqual(['restored', 'confirmed']);
  expect(call.media).toMatchObject({ anew: undefined, refusals: 1 });
});

const settled = () => new Promise((resolve) => setImmediate(resolve));
