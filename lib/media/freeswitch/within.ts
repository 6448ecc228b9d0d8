import type { World } from '../../base/time.ts';

/** What a promise resolves with; undefined if that takes longer, or if it rejects. */
export function within<T>({ timers }: World, ms: number, promise: Promise<T>) {
  return new Promise<T | undefined>((resolve) => {
    const alarm = timers.set(ms, () => resolve(undefined));
    const settle = (value?: T) => {
      timers.clear(alarm);
      resolve(value);
    };
    promise.then(settle, () => settle());
  });
}
