import { expect, test } from '@jest/globals';
import { octetsOf } from '../../../lib/base/brands.ts';
import type { LiveCall } from '../../../lib/node/live-call.ts';
import { reAnchoring } from '../../../lib/node/re-anchor.ts';
import type { EventSink } from '../../../lib/ports/event-sink.ts';
import type { SipEngine } from '../../../lib/ports/sip-engine.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';

/** An answered call whose gateway answers each re-INVITE with that status. */
function talking(status: number) {
  const time = new VirtualWorld(1);
  const notes: Record<string, unknown>[] = [];
  const offers: number[] = [];
  const call = {
    state: {
      tag: 'talking',
      bridge: { fork: 0, attempt: 1, tag: 'gw' },
      facts: { callId: 'x-1', emergency: true },
    },
    identities: [{ tag: 'ours' }],
    media: { isUnanchored: false, saidByA: octetsOf(Buffer.from('v=0')), refusals: 0 },
  } as unknown as LiveCall;
  const sink = { note: (one: Record<string, unknown>) => notes.push(one) } as unknown as EventSink;
  const around = { world: time.world, sink, engine: {} as SipEngine };
  const anew = reAnchoring(around, (_, event) => {
    if (event.on !== 'asked') return;
    offers.push(time.nowMs);
    const { request } = event;
    const says = { reason: 'x', headers: [], body: octetsOf(Buffer.alloc(0)), door: undefined };
    const dialog = { side: 'a', attempt: 0, tag: event.tag } as const;
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
