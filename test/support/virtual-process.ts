import { monoMs, unixMs } from '../../lib/base/brands.ts';
import type { World } from '../../lib/base/time.ts';
import type { VirtualWorld } from './virtual-world.ts';

type Alarm = { entry: object | undefined };

/** A process on virtual time: what happens to a stopped one waits, and a dead one does nothing. */
export class VirtualProcess {
  readonly world: World;
  readonly #time: VirtualWorld;
  readonly #alarms = new Set<Alarm>();
  #waiting: (() => void)[] = [];
  #state: 'running' | 'stopped' | 'dead' = 'running';

  /** `skewMs`: how far its clock is ahead of the others. */
  constructor(time: VirtualWorld, skewMs = 0) {
    this.#time = time;
    const { clock, timers, rng } = time.world;
    this.world = {
      rng,
      clock: {
        mono: () => monoMs(clock.mono()),
        unix: () => unixMs(clock.unix() + skewMs),
      },
      timers: {
        set: (delayMs, run) => this.#set(delayMs, run),
        clear: (alarm) => {
          const { entry } = alarm as Alarm;
          if (entry !== undefined) timers.clear(entry);
          this.#alarms.delete(alarm as Alarm);
        },
      },
    };
  }

  get isRunning(): boolean {
    return this.#state === 'running';
  }

  get isDead(): boolean {
    return this.#state === 'dead';
  }

  /** How many alarms it has set. */
  get pending(): number {
    return this.#alarms.size;
  }

  /** Something happens to it: now, when it goes on, or never. */
  readonly happen = (what: () => void): void => {
    if (this.#state === 'running') what();
    else if (this.#state === 'stopped') this.#waiting.push(what);
  };

  stop(): void {
    if (this.#state === 'running') this.#state = 'stopped';
  }

  /** What has waited happens in its order. */
  goOn(): void {
    if (this.#state !== 'stopped') return;
    this.#state = 'running';
    for (const what of this.#waiting.splice(0)) this.happen(what);
  }

  die(): void {
    this.#state = 'dead';
    this.#waiting = [];
    for (const { entry } of this.#alarms)
      if (entry !== undefined) this.#time.world.timers.clear(entry);
    this.#alarms.clear();
  }

  #set(delayMs: number, run: () => void): Alarm {
    const alarm: Alarm = { entry: undefined };
    if (this.#state === 'dead') return alarm;
    this.#alarms.add(alarm);
    alarm.entry = this.#time.world.timers.set(delayMs, () => {
      alarm.entry = undefined;
      this.happen(() => {
        if (this.#alarms.delete(alarm)) run();
      });
    });
    return alarm;
  }
}
