import type { Header } from '../../sip/message.ts';
import { writeRequest } from '../../sip/write.ts';
import type { Core } from './core.ts';
import type { Flow } from './legs.ts';
import { type Dialog, nextOurs, requestInDialog } from './proto/dialog.ts';
import { fenced } from './proto/fence.ts';
import { clientKey } from './proto/match.ts';
import { ownVia } from './wires.ts';

/** Sends BYE on its way; whatever comes of it, the dialog is over. [3261-15.1.1] */
export function sendBye(
  core: Core,
  dialog: Dialog,
  flow: Flow,
  headers: readonly Header[],
): Dialog {
  const ended = nextOurs(dialog);
  const branch = core.serials.branch(dialog.localTag);
  const request = requestInDialog(ended, {
    method: 'BYE',
    number: ended.localSeq,
    via: ownVia(flow.wire, branch),
    headers: fenced(headers),
  });
  core.clients.request(clientKey(branch, 'BYE'), flow, writeRequest(request));
  return ended;
}
