import { drawOrder } from '../../base/draw-order.ts';
import type { Rng, World } from '../../base/time.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import type { MediaEars } from '../../ports/media-anchor.ts';
import type { AnchoredCall, Home } from './anchored-call.ts';
import { ASK_MS, type Instance, openInstance } from './instance.ts';
import type { NgSockets } from './ng-socket.ts';
import type { RtpengineOptions } from './options.ts';

/** Which call is anchored where. */
export type Homes = {
  /** Those to try for a call: where it is, then the others that live, then the rest. */
  readonly candidatesFor: (call: AnchoredCall) => readonly Instance[];
  /** Takes a call to its new home; the old one forgets it. */
  readonly settle: (call: AnchoredCall, home: Home) => void;
  /** Takes a call away from its home. */
  readonly leave: (call: AnchoredCall) => Promise<void>;
  /** The same, of a home that has forgotten it. */
  readonly strike: (call: AnchoredCall) => Home | undefined;
  readonly lose: (call: AnchoredCall) => void;
  /** Nothing that was asked of that call is under way any more. */
  readonly onRest: (call: AnchoredCall) => void;
  readonly close: () => void;
};

export type HomesParts = {
  readonly world: World;
  readonly options: RtpengineOptions;
  readonly sink: EventSink;
  readonly ears: MediaEars;
  readonly openSocket: NgSockets;
};

export function openHomes({ world, options, sink, ears, openSocket }: HomesParts): Homes {
  const residents = new Map<Instance, Set<AnchoredCall>>();
  const underReview = new Set<Instance>();
  for (const one of options.instances) {
    const instance = openInstance({ world, options: one, openSocket, onTurned, onBeat });
    residents.set(instance, new Set());
  }
  const homes: Homes = {
    candidatesFor: ({ home }) => candidates([...residents.keys()], home, world.rng),
    settle(call, home) {
      if (call.home === home) return;
      void homes.leave(call);
      call.home = home;
      call.isLost = false;
      residents.get(home.instance)?.add(call);
    },
    strike(call) {
      const { home } = call;
      if (home !== undefined) residents.get(home.instance)?.delete(call);
      call.home = undefined;
      return home;
    },
    async leave(call) {
      const home = homes.strike(call);
      await home?.instance.forget(home.anchorId);
    },
    lose(call) {
      void homes.leave(call);
      call.isLost = true;
      homes.onRest(call);
    },
    onRest(call) {
      if (!call.isLost || call.underWay > 0) return;
      call.isLost = false;
      ears.onLost(call.id);
    },
    close() {
      for (const instance of residents.keys()) instance.close();
    },
  };
  return homes;

  function onTurned(instance: Instance, isUp: boolean, why: string): void {
    const ng = instance.name;
    const calls = residents.get(instance)?.size ?? 0;
    if (isUp) sink.note({ event: 'media-up', level: 'info', ng, calls });
    else sink.note({ event: 'media-down', level: 'warn', ng, why, calls });
    evacuate();
  }

  /**
   * Calls are taken from whoever is down as soon as somebody else is steady. Until then they stay:
   * media may still flow, and once their home is heard again it tells which of them it has.
   */
  function evacuate(): void {
    const all = [...residents];
    if (!all.some(([one]) => one.isSteady())) return;
    for (const [one, calls] of all) if (!one.isUp()) for (const call of calls) homes.lose(call);
  }

  function onBeat(instance: Instance): void {
    evacuate();
    const calls = residents.get(instance) ?? new Set();
    if (calls.size === 0 || underReview.has(instance)) return;
    underReview.add(instance);
    void review(calls, homes.lose).then(() => underReview.delete(instance));
  }
}

/**
 * One that was restarted lives, and has forgotten its calls. The youngest is asked after, since it
 * is the last that rtpengine would have ended by itself for want of packets.
 */
async function review(
  calls: ReadonlySet<AnchoredCall>,
  lose: (call: AnchoredCall) => void,
): Promise<void> {
  const all = [...calls];
  const youngest = all.at(-1);
  if (youngest === undefined || !(await isGone(youngest))) return;
  for (const call of all) if (await isGone(call)) lose(call);
}

/** Nobody's tag makes the answer a short one. */
async function isGone(call: AnchoredCall): Promise<boolean> {
  const { home } = call;
  if (home === undefined || call.underWay > 0) return false;
  const query = { command: 'query', 'call-id': home.anchorId, 'from-tag': '-' } as const;
  const outcome = await home.instance.ask(query, ASK_MS);
  return outcome.kind === 'refused' && call.home === home && call.underWay === 0;
}

function candidates(
  all: readonly Instance[],
  home: Home | undefined,
  rng: Rng,
): readonly Instance[] {
  const ranked = all.map((instance) => {
    return { instance, priority: instance.isUp() ? 1 : 2, weight: instance.weight };
  });
  const drawn = drawOrder(ranked, rng).map(({ instance }) => instance);
  if (home === undefined) return drawn;
  return [home.instance, ...drawn.filter((one) => one !== home.instance)];
}
