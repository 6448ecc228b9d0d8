import { BoundedMap } from '../../base/bounded-map.ts';
import type { Alarm, World } from '../../base/time.ts';
import { writeAddress } from '../../sip/address.ts';
import { type NgClient, type NgOutcome, openNgClient } from './ng-client.ts';
import { deleteRequest, type NgRequest } from './ng-message.ts';
import type { NgSockets } from './ng-socket.ts';
import type { RtpengineInstance } from './options.ts';

/** One rtpengine, whether it lives, and what it still has to be told. */
export type Instance = {
  /** `address:port` of its ng listener. */
  readonly name: string;
  readonly weight: number;
  readonly isUp: () => boolean;
  /** It has been up for a while: those that were all out of reach do not come back at once. */
  readonly isSteady: () => boolean;
  readonly ask: (request: NgRequest, withinMs: number) => Promise<NgOutcome>;
  /** Deletes a call there, now or when it can be reached again. */
  readonly forget: (anchorId: string) => Promise<void>;
  readonly close: () => void;
};

export type InstanceParts = {
  readonly world: World;
  readonly options: RtpengineInstance;
  readonly openSocket: NgSockets;
  /** It is believed up, or down, from now on. */
  readonly onTurned: (instance: Instance, isUp: boolean, why: string) => void;
  /** It has just said that it lives. */
  readonly onBeat: (instance: Instance) => void;
};

/** How long one question waits for its answer, repeats and all. */
export const ASK_MS = 500;
/** How often it is asked whether it lives. */
export const BEAT_MS = 500;
/** How many such questions go unanswered before its calls are given up. */
const SILENT_BEATS_MAX = 2;
const STEADY_BEATS = 3;
/** What it still has to be told; of more than that the oldest is left to its own timeout. */
export const FORGOTTEN_MAX = 20_000;
/** How many of those go out at one time. */
const FORGET_AT_ONCE = 100;

export function openInstance({ world, options, openSocket, onTurned, onBeat }: InstanceParts) {
  const { timers } = world;
  const client: NgClient = openNgClient(world, (ears) => openSocket(options.ng, ears));
  const forgotten = new BoundedMap<string, true>(FORGOTTEN_MAX);
  let silentBeats = 0;
  let goodBeats = 0;
  let isClosed = false;
  let beat: Alarm = timers.set(0, onBeatDue);

  const instance: Instance = {
    name: writeAddress(options.ng),
    weight: options.weight,
    isUp: () => silentBeats < SILENT_BEATS_MAX,
    isSteady: () => goodBeats >= STEADY_BEATS,
    ask: client.ask,
    async forget(anchorId) {
      forgotten.set(anchorId, true);
      if (instance.isUp()) await forget(anchorId);
    },
    close() {
      isClosed = true;
      timers.clear(beat);
      client.close();
    },
  };
  return instance;

  function onBeatDue(): void {
    void client.ask({ command: 'ping' }, ASK_MS).then((outcome) => {
      if (isClosed) return;
      takeIn(outcome);
      beat = timers.set(BEAT_MS, onBeatDue);
    });
  }

  /** A closed port says for sure that nobody lives there; silence may be the way's. */
  function takeIn(outcome: NgOutcome): void {
    const wasUp = instance.isUp();
    goodBeats = outcome.kind === 'done' ? goodBeats + 1 : 0;
    if (outcome.kind === 'done') silentBeats = 0;
    else if (outcome.kind === 'failed' && outcome.why === 'silent') silentBeats += 1;
    else silentBeats = SILENT_BEATS_MAX;
    const reason = outcome.kind === 'done' ? '' : outcome.reason;
    if (instance.isUp() !== wasUp) onTurned(instance, !wasUp, reason);
    if (outcome.kind !== 'done') return;
    onBeat(instance);
    let left = FORGET_AT_ONCE;
    for (const [anchorId] of forgotten.entries()) {
      void forget(anchorId);
      left -= 1;
      if (left === 0) return;
    }
  }

  /** What it does not know any more is forgotten, too. */
  async function forget(anchorId: string): Promise<void> {
    const outcome = await client.ask(deleteRequest(anchorId), ASK_MS);
    if (outcome.kind !== 'failed') forgotten.delete(anchorId);
  }
}
