import type { Io } from '../../../apps/cli/io.ts';

/** A terminal that remembers what was printed on it. */
export function fakeTerminal(env: Io['env'] = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    colours: false,
    env,
  };
  return { io, out, err };
}
