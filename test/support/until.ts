import { setTimeout as pause } from 'node:timers/promises';

const EVERY_MS = 20;

/** Asks again and again until there is an answer; what never came is named in the error. */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  withinMs = 5000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${withinMs} ms`);
    await pause(EVERY_MS);
  }
}
