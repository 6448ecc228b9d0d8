import type { World } from '../base/time.ts';
import type { Rotation } from './rotation.ts';

export type LineFileOptions = {
  /** A path, or the descriptor of standard output or standard error. */
  readonly target: string | 1 | 2;
  /** The mode that a file gets, also one that existed with another. */
  readonly mode: number;
  /** Characters that may wait to be written; a line beyond them is lost. */
  readonly waitingMax: number;
  /** The longest time that a line waits before it is written. */
  readonly flushMs: number;
  readonly world: World;
  readonly onLost: (lines: number) => void;
  readonly onTrouble: (why: string) => void;
  /** All that waited is in the file again, after trouble or a loss. */
  readonly onWhole: () => void;
  /** Absent: the file grows until somebody else turns it. */
  readonly rotation?: Rotation | undefined;
};
