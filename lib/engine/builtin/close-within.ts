import { closeAsked, silenceAsked } from './asked.ts';
import { closeAsking } from './confirming.ts';
import type { Core } from './core.ts';
import type { AnyDialog } from './legs.ts';
import { forgetAsking } from './re-inviting.ts';

/** The dialog ends: what is open in it is brought to an end first. */
export function closeWithin(core: Core, entry: AnyDialog): void {
  entry.session?.close();
  closeAsking(core, entry);
  closeAsked(core, entry);
}

/** The final response ends what is only early, but for the dialog of a 2xx. [3261-12.3] */
export function closeEarly(core: Core, dialogs: readonly AnyDialog[], answered?: AnyDialog): void {
  for (const entry of dialogs)
    if (entry !== answered && entry.state.tag === 'early') closeAsked(core, entry);
}

/** The leg is forgotten: nothing of what was open in its dialogs happens by itself any more. */
export function forgetWithin(core: Core, dialogs: readonly AnyDialog[]): void {
  for (const entry of dialogs) {
    entry.session?.close();
    silenceAsked(core, entry.exchange);
    forgetAsking(core, entry);
  }
}
