import type { Header } from '../../sip/message.ts';
import { writeRequest } from '../../sip/write.ts';
import type { Core } from './core.ts';
import type { Flow } from './legs.ts';
import { type Dialog, nextOurs, requestInDialog } from './proto/dialog.ts';
import { fenced } from './proto/fence.ts';
import { clientKey } from './proto/match.ts';
import { withSpare } from './spare-way.ts';
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
  const way = withSpare(core, ended, flow);
  core.clients.request(clientKey(branch, 'BYE'), way, writeRequest(request));
  return ended;
}
