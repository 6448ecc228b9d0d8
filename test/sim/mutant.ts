/** One line of the site changed so that a promise is broken. */
export type Mutant = {
  readonly name: string;
  /** As the simulation reports it; `bug` is an exception in a call. */
  readonly promise: string;
  readonly file: string;
  /** The whole line without its indentation; it stands once in the file. */
  readonly line: string;
  readonly becomes: string;
  /** Absent: one site is enough to see it. */
  readonly among?: 'sites';
  /** The world that is tried first, where it takes many to meet what breaks it; absent: 1. */
  readonly seed?: number;
};
