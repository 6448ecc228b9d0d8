/** What comes while it hangs waits up to here; more of it is lost, as in a full buffer. */
const WAITING_MAX = 10_000;

/** Whether the peer lives: a process that hangs takes nothing and says nothing. */
export type Pulse = {
  readonly isHanging: boolean;
  /** Does it now, or when the peer goes on. */
  run(task: () => void): void;
  hang(): void;
  goOn(): void;
};

export function openPulse(): Pulse {
  let isHanging = false;
  let waiting: (() => void)[] = [];
  return {
    get isHanging() {
      return isHanging;
    },
    run(task) {
      if (!isHanging) task();
      else if (waiting.length < WAITING_MAX) waiting.push(task);
    },
    hang() {
      isHanging = true;
    },
    goOn() {
      isHanging = false;
      const tasks = waiting;
      waiting = [];
      for (const task of tasks) task();
    },
  };
}
