import { Choices } from './choices.ts';
import type { Target } from './target.ts';

export type Failure = {
  readonly target: string;
  /** With the target's name it makes this case again. */
  readonly seed: number;
  readonly what: string;
  /** What the smallest case that still fails was about. */
  readonly about: string;
};

const TRIES_MAX = 1000;

/** The seed of one case of a run; runs whose seeds are neighbours have no case in common. */
export function seedOfCase(seed: number, index: number): number {
  return (Math.imul(seed, 0x9e3779b1) + index) >>> 0;
}

/** Undefined: all that must hold does. */
export async function runCase(target: Target, seed: number): Promise<Failure | undefined> {
  try {
    const running = target.run(Choices.ofSeed(seed));
    if (running !== undefined) await running;
    return undefined;
  } catch {
    return explain(target, seed);
  }
}

/** The same case again, then with ever fewer and smaller choices. */
async function explain(target: Target, seed: number): Promise<Failure> {
  let least = await attempt(target, Choices.ofSeed(seed, { keeps: true }));
  const first = least;
  if (first === undefined) throw new Error(`${target.name}:${seed} fails only now and then`);
  let tries = 0;
  const better = async (list: readonly number[]): Promise<boolean> => {
    tries += 1;
    const found = tries > TRIES_MAX ? undefined : await attempt(target, Choices.ofList(list));
    if (found !== undefined) least = found;
    return found !== undefined;
  };
  for (let size = first.taken.length; size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < (least?.taken.length ?? 0) && tries < TRIES_MAX; ) {
      const { taken } = least ?? first;
      const shorter = [...taken.slice(0, at), ...taken.slice(at + size)];
      const isPlain = taken.slice(at, at + size).every((fraction) => fraction === 0);
      const plainer = taken.map((one, place) => (place >= at && place < at + size ? 0 : one));
      if (await better(shorter)) continue;
      if (!isPlain) await better(plainer);
      at += size;
    }
  }
  const { error, shown } = least ?? first;
  return { target: target.name, seed, what: wordsOf(error), about: shown };
}

type Failed = {
  readonly error: unknown;
  readonly taken: readonly number[];
  readonly shown: string;
};

async function attempt(target: Target, choices: Choices): Promise<Failed | undefined> {
  try {
    await target.run(choices);
    return undefined;
  } catch (error) {
    const { shown } = choices;
    const text = Buffer.isBuffer(shown) ? shown.toString('latin1') : shown;
    return { error, taken: choices.taken, shown: JSON.stringify(text) ?? 'nothing shown' };
  }
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const frames = (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at .*(lib|config)\//.test(line));
  return [error.message, ...frames.slice(0, 4)].join('\n');
}
