import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../lib/base/time.ts';

/** An application that somebody asks for. */
export type Act = {
  readonly app: string;
  readonly arg: string;
  /** Of its events. */
  readonly id: string;
  readonly loops: number;
  /** Nothing else begins while it is at work. */
  readonly isLocked: boolean;
};

export type Why = 'break' | 'hangup';

/** An application that takes its time. */
export type Lasting = {
  pause(): void;
  resume(): void;
  /** Its end is told as if it had come by itself. */
  stop(why: Why): void;
};

export type StageEars = {
  onBegun(act: Act): void;
  /** Runs it: it calls `done` once, with its response, before it returns or later. */
  run(act: Act, done: (response: string) => void): Lasting | undefined;
  onDone(act: Act, response: string): void;
};

export type Stage = {
  ask(act: Act): void;
  /** Stops all that is at work; `flush`: and forgets what waits. */
  stop(why: Why, flush: boolean): void;
};

const WAITING_MAX = 1000;
/** An application that took less is not repeated, however many loops were asked for. */
const LOOP_MS_MIN = 500;

type Running = { readonly act: Act; lasting: Lasting | undefined; loops: number; since: number };

/**
 * The applications of one channel. What is asked for while another one is at work begins at once,
 * and the other one goes on after it, unless that has the lock.
 */
export function openStage(clock: Clock, ears: StageEars): Stage {
  const waiting: Act[] = [];
  const running: Running[] = [];

  function pump(): void {
    while (running.at(-1)?.act.isLocked !== true) {
      const act = waiting.shift();
      if (act === undefined) return;
      running.at(-1)?.lasting?.pause();
      const one: Running = { act, lasting: undefined, loops: act.loops, since: 0 };
      running.push(one);
      begin(one);
    }
  }

  function begin(one: Running): void {
    one.since = clock.mono();
    ears.onBegun(one.act);
    let isDone = false;
    const lasting = ears.run(one.act, (response) => {
      if (isDone) return;
      isDone = true;
      finish(one, response);
    });
    if (!isDone) one.lasting = lasting;
  }

  function finish(one: Running, response: string): void {
    one.lasting = undefined;
    ears.onDone(one.act, response);
    one.loops -= 1;
    if (one.loops !== 0 && clock.mono() - one.since >= LOOP_MS_MIN) {
      begin(one);
      return;
    }
    running.splice(running.indexOf(one), 1);
    running.at(-1)?.lasting?.resume();
    pump();
  }

  return {
    ask(act) {
      if (waiting.length < WAITING_MAX) waiting.push(act);
      pump();
    },
    stop(why, flush) {
      if (flush) waiting.length = 0;
      for (const one of [...running].reverse()) {
        one.loops = 1;
        one.lasting?.stop(why);
      }
    },
  };
}

/** What a sendmsg asks for; undefined: no application. */
export function actIn(headers: ReadonlyMap<string, string>, body: string): Act | undefined {
  const app = headers.get('execute-app-name');
  if (app === undefined || app === '') return undefined;
  const isText = headers.get('content-type') === 'text/plain';
  return {
    app,
    arg: headers.get('execute-app-arg') ?? (isText ? body : ''),
    id: headers.get('event-uuid') ?? randomUUID(),
    loops: Number(headers.get('loops') ?? 1),
    isLocked: headers.get('event-lock') === 'true',
  };
}
