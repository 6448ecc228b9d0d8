import { readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { RATE, readWav } from './wav.ts';

/** What a playback sends: some samples, once or again and again. */
export type Sound = {
  readonly samples: Int16Array;
  /** Infinity: until somebody stops it. */
  readonly times: number;
};

const AMPLITUDE = 8000;
const FOREVER = { times: Number.POSITIVE_INFINITY };
const SECOND = new Int16Array(RATE);

/** Undefined: there is no such file, or none that can be read. */
export function openSound(path: string, folder: string): Sound | undefined {
  if (path.startsWith('tone_stream://')) return toneStream(path.slice('tone_stream://'.length));
  if (path.startsWith('silence_stream://')) return silence(path.slice('silence_stream://'.length));
  const whole = isAbsolute(path) ? path : resolve(folder, path);
  // A name without an extension is tried with that of a codec first, and then with this one.
  const named = /\.[^/]*$/.test(whole) ? whole : `${whole}.wav`;
  const samples = wavAt(named);
  return samples === undefined ? undefined : { samples, times: 1 };
}

function wavAt(path: string): Int16Array | undefined {
  try {
    const samples = readWav(readFileSync(path));
    return typeof samples === 'string' ? undefined : samples;
  } catch {
    return undefined;
  }
}

function silence(spec: string): Sound {
  const ms = Number.parseInt(spec, 10);
  if (ms < 0) return { samples: SECOND, ...FOREVER };
  return { samples: new Int16Array((ms * RATE) / 1000), times: 1 };
}

/** `%(on,off,hz,hz…)`, several of them with `;` between, and at last `;loops=n`. */
function toneStream(spec: string): Sound {
  const [tones = '', loops = '1'] = spec.split(/;loops=/i);
  const samples: number[] = [];
  for (const [, inside = ''] of tones.matchAll(/%\(([^)]*)\)/g)) {
    const [on = 0, off = 0, ...pitches] = inside.split(',').map(Number);
    samples.push(...tone(on, pitches), ...tone(off, []));
  }
  const times = Number.parseInt(loops, 10);
  return { samples: Int16Array.from(samples), ...(times < 0 ? FOREVER : { times: times || 1 }) };
}

function tone(ms: number, pitches: readonly number[]): number[] {
  const step = (2 * Math.PI) / RATE;
  return Array.from({ length: Math.round((ms * RATE) / 1000) }, (_, at) => {
    let sum = 0;
    for (const hz of pitches) sum += (AMPLITUDE / pitches.length) * Math.sin(step * hz * at);
    return Math.round(sum);
  });
}
