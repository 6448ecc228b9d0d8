import type { World } from '../../base/time.ts';
import type { EngineEars } from '../../ports/engine-ears.ts';
import type { WhyGivenUp } from './connection-counts.ts';
import type { ConnectionLimits } from './connection-limits.ts';
import type { Datagrams } from './datagrams.ts';
import type { Limits } from './limits.ts';
import type { Quarantine } from './quarantine.ts';
import type { StreamsBy } from './streams.ts';
import type { Tap } from './wires.ts';

/** What the engine works with. */
export type EngineParts = {
  readonly world: World;
  readonly datagrams: Datagrams;
  /** Absent: no listener may ask for TCP. */
  readonly streams?: StreamsBy | undefined;
  readonly ears: EngineEars;
  /** Absent: nobody watches. */
  readonly tap?: Tap | undefined;
  /** Absent: the shipped ones. */
  readonly limits?: Partial<Limits> | undefined;
  readonly connectionLimits?: Partial<ConnectionLimits> | undefined;
  /** Absent: what has killed the process may do so again. */
  readonly quarantine?: Quarantine | undefined;
  /** Hears of each connection that was given up. Absent: nobody wants to know. */
  readonly onGivenUp?: ((why: WhyGivenUp, source: string) => void) | undefined;
};
