import type { Alarm, World } from '../../../lib/base/time.ts';
import { FRAME_SAMPLES } from './media-port.ts';
import type { Pulse } from './pulse.ts';
import type { Sound } from './sound.ts';
import { RATE } from './wav.ts';

/** What a file is read by. */
const CHUNK_SAMPLES = 16_384;
const FRAME_MS = (1000 * FRAME_SAMPLES) / RATE;

export type PlayerWith = {
  readonly world: World;
  readonly pulse: Pulse;
  readonly sound: Sound;
  readonly skipSamples: number;
  readonly samplesMax: number;
  send(frame: Int16Array): void;
  /** `limit`: the most that it may be was sent. */
  onEnd(how: 'end' | 'limit'): void;
};

export type Player = {
  /** How many samples have been sent. */
  readonly sent: number;
  /** How many have been read: more, since that is done by the chunk. */
  readonly read: number;
  pause(): void;
  resume(): void;
  /** Nothing is told of it. */
  stop(): void;
};

/** Sends a sound, 20 ms of it every 20 ms; time that passes while the peer hangs does not count. */
export function play(options: PlayerWith): Player {
  const { world, pulse, sound, samplesMax } = options;
  const { timers, clock } = world;
  const whole = sound.samples.length * sound.times;
  let at = options.skipSamples;
  let sent = 0;
  let alarm: Alarm | undefined;
  let due = clock.mono() as number;

  const wait = () => {
    alarm = timers.set(Math.max(0, due - clock.mono()), tick);
  };
  const tick = () => {
    due += FRAME_MS;
    if (pulse.isHanging) {
      wait();
      return;
    }
    if (at >= whole || sent >= samplesMax || sound.samples.length === 0) {
      alarm = undefined;
      options.onEnd(sent >= samplesMax ? 'limit' : 'end');
      return;
    }
    options.send(frameAt(sound, at, whole));
    at += FRAME_SAMPLES;
    sent += FRAME_SAMPLES;
    wait();
  };
  const pause = () => {
    if (alarm !== undefined) timers.clear(alarm);
    alarm = undefined;
  };
  wait();
  return {
    get sent() {
      return Math.min(sent, whole);
    },
    get read() {
      return Math.min(whole, CHUNK_SAMPLES * Math.ceil(Math.max(1, at) / CHUNK_SAMPLES));
    },
    pause,
    resume() {
      if (alarm !== undefined) return;
      due = clock.mono();
      wait();
    },
    stop: pause,
  };
}

/** The last frame is filled up with silence. */
function frameAt({ samples }: Sound, at: number, whole: number): Int16Array {
  const frame = new Int16Array(FRAME_SAMPLES);
  for (let index = 0; index < FRAME_SAMPLES && at + index < whole; index += 1)
    frame[index] = samples[(at + index) % samples.length] ?? 0;
  return frame;
}
