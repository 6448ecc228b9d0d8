import {
  changedKey,
  changesBetween,
  describeChange,
  restartsNeeded,
} from '../../config/changes.ts';
import type { LoadedConfig, ValidConfig } from '../../config/load.ts';
import { describeProblem } from '../../config/problems.ts';
import type { SiteConfig } from '../../config/site-config.ts';
import type { EventSink } from '../../lib/ports/event-sink.ts';

export type Reloaded =
  | { readonly kind: 'taken'; readonly changes: readonly string[] }
  /** Nothing has changed: one of these is enough to refuse the whole. */
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

export type Reload = (by: 'admin' | 'SIGHUP') => Reloaded;

export type ReloadParts = {
  readonly file: string;
  readonly load: () => LoadedConfig;
  /** Puts a whole valid configuration in force. */
  readonly take: (config: SiteConfig) => void;
  /** Reads what no key says. */
  readonly lookAgain: () => void;
  readonly sink: EventSink;
};

/** Makes the function that reads the configuration anew and takes all of it or nothing. */
export function reloader(
  first: ValidConfig,
  { file, load, take, lookAgain, sink }: ReloadParts,
): Reload {
  let running = first.sheet;
  const refused = (by: string, problems: readonly string[]): Reloaded => {
    sink.note({ event: 'reload-refused', level: 'warn', by, problems });
    return { kind: 'refused', problems };
  };
  return (by) => {
    const loaded = load();
    if (loaded.kind === 'invalid') {
      return refused(
        by,
        loaded.problems.map((problem) => describeProblem(problem, file)),
      );
    }
    const changes = changesBetween(running, loaded.sheet);
    const restarts = restartsNeeded(changes);
    if (restarts.length > 0) return refused(by, restarts);
    if (changes.length > 0) take(loaded.config);
    lookAgain();
    running = loaded.sheet;
    const changed = changes.map(changedKey);
    sink.note({ event: 'reloaded', level: 'info', by, changes: changed.length, changed });
    return { kind: 'taken', changes: changes.map(describeChange) };
  };
}
