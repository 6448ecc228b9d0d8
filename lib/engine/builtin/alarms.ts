import type { Alarm, Timers } from '../../base/time.ts';

/** The timers of one machine that are set, by their names. */
export type Alarms = Partial<Record<string, Alarm | undefined>>;

/** Replaces an alarm of that name; `run` finds it no longer set. */
export function setAlarm(
  timers: Timers,
  alarms: Alarms,
  name: string,
  delayMs: number,
  run: () => void,
): void {
  clearAlarm(timers, alarms, name);
  alarms[name] = timers.set(delayMs, () => {
    alarms[name] = undefined;
    run();
  });
}

export function clearAlarm(timers: Timers, alarms: Alarms, name: string): void {
  const alarm = alarms[name];
  if (alarm === undefined) return;
  timers.clear(alarm);
  alarms[name] = undefined;
}

export function clearAlarms(timers: Timers, alarms: Alarms): void {
  for (const name of Object.keys(alarms)) clearAlarm(timers, alarms, name);
}
