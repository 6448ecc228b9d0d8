import { writeFileSync } from 'node:fs';
import type { Alarm, World } from '../../../lib/base/time.ts';
import { FRAME_SAMPLES } from './media-port.ts';
import { RATE, writeWav } from './wav.ts';

const FRAME_MS = (1000 * FRAME_SAMPLES) / RATE;
/** What waits for its turn; the oldest goes when there is more. */
const QUEUE_MAX = 10;
const SECONDS_MAX = 600;

/** Which of the two ways of a call is written down. */
export type Ways = { readonly hears: boolean; readonly speaks: boolean };

export type Recorder = {
  readonly path: string;
  /** How many samples there are so far. */
  readonly length: number;
  heard(frame: Int16Array): void;
  spoken(frame: Int16Array): void;
  /** Writes the file; what cannot be written is lost. */
  close(): void;
};

/** Mixes what comes and what goes, in real time: where nothing is, silence is written. */
export function openRecorder(
  world: World,
  path: string,
  ways: Ways,
  secondsMax: number,
  onLimit: () => void,
): Recorder {
  const { timers, clock } = world;
  const frames: Int16Array[] = [];
  const heard: Int16Array[] = [];
  const spoken: Int16Array[] = [];
  const framesMax = (Math.min(secondsMax, SECONDS_MAX) * RATE) / FRAME_SAMPLES;
  let due = clock.mono() + FRAME_MS;
  let alarm: Alarm = timers.set(FRAME_MS, tick);

  function tick(): void {
    frames.push(mixed(heard.shift(), spoken.shift()));
    due += FRAME_MS;
    if (frames.length >= framesMax) onLimit();
    else alarm = timers.set(Math.max(0, due - clock.mono()), tick);
  }
  const put = (queue: Int16Array[], frame: Int16Array) => {
    if (queue.length >= QUEUE_MAX) queue.shift();
    queue.push(frame);
  };
  return {
    path,
    get length() {
      return frames.length * FRAME_SAMPLES;
    },
    heard: (frame) => (ways.hears ? put(heard, frame) : undefined),
    spoken: (frame) => (ways.speaks ? put(spoken, frame) : undefined),
    close() {
      timers.clear(alarm);
      const samples = new Int16Array(frames.length * FRAME_SAMPLES);
      for (const [at, frame] of frames.entries()) samples.set(frame, at * FRAME_SAMPLES);
      try {
        writeFileSync(path, writeWav(samples));
      } catch {
        // As with a disk that is full: the call goes on.
      }
    },
  };
}

function mixed(one: Int16Array | undefined, other: Int16Array | undefined): Int16Array {
  return Int16Array.from({ length: FRAME_SAMPLES }, (_, at) => {
    return Math.max(-32_768, Math.min(32_767, (one?.[at] ?? 0) + (other?.[at] ?? 0)));
  });
}
