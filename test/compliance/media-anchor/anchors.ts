import { realWorld } from '../../../lib/base/real-world.ts';
import { openNgClient } from '../../../lib/media/rtpengine/ng-client.ts';
import { deleteRequest } from '../../../lib/media/rtpengine/ng-message.ts';
import { openNgSocket } from '../../../lib/media/rtpengine/ng-socket.ts';
import { openRtpengine } from '../../../lib/media/rtpengine/open-rtpengine.ts';
import type { RtpengineOptions } from '../../../lib/media/rtpengine/options.ts';
import type { Notice } from '../../../lib/ports/event-sink.ts';
import type { CallId, MediaAnchor } from '../../../lib/ports/media-anchor.ts';
import type { Address } from '../../../lib/sip/address.ts';
import { INTERFACES, type RtpengineAt } from '../../support/rtpengine.ts';

/** An rtpengine that is asked at its address outside. */
export function placeAt(outside: string, inside: string): RtpengineAt {
  return { ng: { address: outside, port: 2223 }, outside, inside };
}

/** An anchor at rtpengines, and what it has said. */
export type Watched = {
  readonly anchor: MediaAnchor;
  readonly notices: readonly Notice[];
  readonly counts: ReadonlyMap<string, number>;
  readonly lost: readonly CallId[];
};

export function anchorAt(
  places: readonly RtpengineAt[],
  more: Partial<RtpengineOptions> = {},
): Watched {
  const notices: Notice[] = [];
  const counts = new Map<string, number>();
  const lost: CallId[] = [];
  const anchor = openRtpengine({
    world: realWorld(),
    options: {
      instances: places.map(({ ng }) => ({ ng, weight: 1 })),
      interfaces: INTERFACES,
      callsMax: 5000,
      ...more,
    },
    sink: {
      step: () => undefined,
      record: () => undefined,
      note: (notice) => void notices.push(notice),
      count: (_, label) => void counts.set(label, (counts.get(label) ?? 0) + 1),
    },
    ears: { onLost: (call) => void lost.push(call) },
  });
  return { anchor, notices, counts, lost };
}

/** The calls that an rtpengine has, by its own word. */
export async function callsAt(ng: Address): Promise<readonly unknown[]> {
  const client = openNgClient(realWorld(), (ears) => openNgSocket(ng, ears));
  const outcome = await client.ask({ command: 'list', limit: 1000 }, 2000);
  client.close();
  if (outcome.kind !== 'done') throw new Error(outcome.reason);
  const { calls } = outcome.fields;
  if (!Array.isArray(calls)) throw new Error('no list of calls');
  return calls;
}

/** Has an rtpengine end a call that its anchor knows nothing of. */
export async function forgetAt(ng: Address, call: CallId): Promise<void> {
  const client = openNgClient(realWorld(), (ears) => openNgSocket(ng, ears));
  const outcome = await client.ask(deleteRequest(call), 2000);
  client.close();
  if (outcome.kind !== 'done') throw new Error(outcome.reason);
}
