import type { Header } from '../../sip/message.ts';
import type { Core } from './core.ts';
import { sendErrand, waysOf } from './errand.ts';
import type { AnyDialog } from './legs.ts';
import { fenced } from './proto/fence.ts';

/**
 * Sends BYE on its way; whatever comes of it, the dialog is over. A 481 to a second try means that
 * the first one has arrived. [3261-15.1.1]
 */
export function sendBye(core: Core, entry: AnyDialog, headers: readonly Header[]): void {
  sendErrand(core, entry, waysOf(core, entry), { method: 'BYE', headers: fenced(headers) });
}
