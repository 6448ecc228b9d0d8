import { BoundedMap } from '../../base/bounded-map.ts';
import { type LineWorld, WaitingLine } from '../../base/waiting-line.ts';

/** All that one stray may cause between sites, both ways and its retry included. */
export const FRAMES_MAX = 8;
/** One that asks, and its answer. */
export const ASKED_FRAMES = 2;
/** As long as its transaction may last. */
const KEPT_MS = 32_000;
const STRAYS_MAX = 50_000;
const NUMBER_MAX = 2 ** 32 - 1;

type Entry<Way> = {
  readonly number: number;
  readonly way: Way;
  /** The sites that were asked, and may answer. */
  readonly asked: Set<number>;
  frames: number;
};

/** The strays that this site has sent to others, and how to get back to who sent them. */
export type StrayBook<Way> = {
  begin(way: Way): number;
  /** Whether that site may be asked; it is counted, and its answer too. */
  mayAsk(number: number, site: number): boolean;
  /**
   * Where bytes go that a site wants sent; they are counted. Undefined: it was not asked, or its
   * frames are used up, or the time is over.
   */
  wayBack(number: number, from: number): Way | undefined;
  readonly size: () => number;
  close(): void;
};

/** Beyond the limit the oldest is forgotten: what is still said to it gets lost, as UDP may. */
export function openStrayBook<Way>(world: LineWorld, straysMax = STRAYS_MAX): StrayBook<Way> {
  const strays = new BoundedMap<number, Entry<Way>>(straysMax);
  const over = new WaitingLine<Entry<Way>>(world, KEPT_MS, (entry) => {
    if (strays.get(entry.number) === entry) strays.delete(entry.number);
  });
  let last = 0;
  const counted = (entry: Entry<Way>, frames: number): boolean => {
    if (entry.frames + frames > FRAMES_MAX) return false;
    entry.frames += frames;
    return true;
  };
  return {
    begin(way) {
      last = last === NUMBER_MAX ? 1 : last + 1;
      const entry = { number: last, way, asked: new Set<number>(), frames: 0 };
      strays.delete(last);
      strays.set(last, entry);
      over.add(entry);
      return last;
    },
    mayAsk(number, site) {
      const entry = strays.get(number);
      if (entry === undefined || !counted(entry, ASKED_FRAMES)) return false;
      entry.asked.add(site);
      return true;
    },
    wayBack(number, from) {
      const entry = strays.get(number);
      if (entry?.asked.has(from) !== true) return undefined;
      return counted(entry, 1) ? entry.way : undefined;
    },
    size: () => strays.size,
    close: () => over.clear(),
  };
}
