import type { Caller, CallerOptions } from './caller.ts';
import type { CallerType } from './caller-words.ts';
import type { Check } from './checks.ts';
import type { RouteRule } from './transit-link.ts';

/** The sites of a row: of the INVITE, of what strays, and a third one where there is. */
export type Seats = { readonly a: number; readonly b: number; readonly c: number };

/** What a row may do to the lab while its calls are up; done once for all calls of a phase. */
export type Stage = {
  /** Stops the node of a site, and starts it again with the same state. */
  restart(site: number): Promise<void>;
  /** The links between sites work again. */
  heal(): Promise<void>;
};

/**
 * The lab is in one state at a time, and the rows of one state run at once: `quiet`; `cut`: no site
 * reaches another; `heals`: cut at first; `hangs`: the Redis of a site; `restarts`: a site goes away
 * and comes back.
 */
export const PHASES = ['quiet', 'cut', 'heals', 'hangs', 'restarts'] as const;
export type Phase = (typeof PHASES)[number];

/** One call of a row. */
export type Take = {
  readonly name: string;
  readonly dialled: string;
  readonly route: RouteRule;
  readonly caller?: Pick<CallerOptions, 'body' | 'deafTo' | 'insists' | 'ringsReliably'>;
  play(caller: Caller, stage: Stage): Promise<void>;
  readonly must: readonly Check[];
};

export type Row = {
  /** As the flap matrix numbers it. */
  readonly id: string;
  readonly says: string;
  /** Absent: quiet. */
  readonly phase?: Phase;
  /** Why a caller cannot be in this row; nothing where it can. */
  readonly notFor?: (caller: CallerType, sites: number) => string | undefined;
  /** Why it says nothing where the route stays at one site; absent: it must hold then. */
  readonly notStill?: string;
  readonly takes: (seats: Seats, caller: CallerType) => readonly Take[];
};

export const seatsOf = (sites: number): Seats => ({ a: 1, b: 2, c: Math.min(3, sites) });

/** All at one site: the route never moves, and a row that fails then is itself wrong. */
export const STILL: Seats = { a: 1, b: 1, c: 1 };
