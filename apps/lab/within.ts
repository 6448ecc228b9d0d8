import { setTimeout as pause } from 'node:timers/promises';

const LOOK_MS = 25;

/** Whether it came true in time. */
export async function within(
  ms: number,
  isTrue: () => boolean | Promise<boolean>,
): Promise<boolean> {
  const deadline = performance.now() + ms;
  while (performance.now() < deadline) {
    if (await isTrue()) return true;
    await pause(LOOK_MS);
  }
  return isTrue();
}
