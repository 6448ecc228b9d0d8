import { BoundedMap } from '../../base/bounded-map.ts';
import type { MonoMs } from '../../base/brands.ts';
import type { Mark, Origin } from './claim.ts';

export const BURIED_MS = 32_000;
const ORIGINS_MAX = 2000;
/** A storm of one source pushes out its own alone. */
const OF_TRUNK_MAX = 2048;
const OF_ADDRESS_MAX = 64;

/** CANCELs that came before their INVITE, wherever that will come. */
export type Graves = {
  bury(mark: Mark, now: MonoMs): void;
  /** As often as it is asked: the INVITE may come again, and to another site. */
  isBuried(mark: Mark, now: MonoMs): boolean;
  readonly size: () => number;
};

export function openGraves(originsMax = ORIGINS_MAX): Graves {
  const known = { trunks: yard(originsMax), addresses: yard(originsMax) };
  const yardOf = ({ isVerified }: Mark) => (isVerified ? known.trunks : known.addresses);
  return {
    bury(mark, now) {
      const origins = yardOf(mark);
      const graves = origins.get(mark.origin) ?? newPlot(mark);
      graves.delete(nameOf(mark));
      graves.set(nameOf(mark), now);
      origins.delete(mark.origin);
      origins.set(mark.origin, graves);
    },
    isBuried(mark, now) {
      const since = yardOf(mark).get(mark.origin)?.get(nameOf(mark));
      return since !== undefined && now - since < BURIED_MS;
    },
    size: () =>
      [...known.trunks.values(), ...known.addresses.values()].reduce(
        (sum, { size }) => sum + size,
        0,
      ),
  };
}

type Plot = BoundedMap<string, MonoMs>;

const yard = (originsMax: number) => new BoundedMap<Origin, Plot>(originsMax);

function newPlot({ isVerified }: Mark): Plot {
  return new BoundedMap(isVerified ? OF_TRUNK_MAX : OF_ADDRESS_MAX);
}

/** A CANCEL and its INVITE agree in these, and in where they come from. [3261-9.1] */
function nameOf({ key, branch }: Mark): string {
  return `${key} ${branch}`;
}
