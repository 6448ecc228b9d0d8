import { acknowledgedA } from './answered-a.ts';
import type { Arrival } from './arrival.ts';
import { confirmedByThem } from './asked.ts';
import { type Core, dialogIn } from './core.ts';
import { serveInDialog } from './in-dialog.ts';
import { reportStrayAck, serveOutside } from './outside-dialog.ts';
import { serverKey } from './proto/match.ts';

/** Serves a request: by its transaction, else by its dialog, else as one that has neither. */
export function serveRequest(core: Core, arrival: Arrival): void {
  const { request } = arrival;
  const { servers } = core;
  const key = serverKey(request);
  const known = servers.find(key);
  const { method } = request;
  const entry = dialogIn(core, request);
  if (method === 'ACK') {
    if (known?.kind === 'invite' && servers.absorbsAck(known)) return;
    if (entry === undefined) reportStrayAck(core, arrival);
    else if (confirmedByThem(core, entry, arrival)) return;
    else if (entry.side === 'a') acknowledgedA(core, entry, arrival);
  } else if (known !== undefined) servers.repeat(known);
  else if (entry !== undefined && method !== 'CANCEL') {
    serveInDialog(core, entry, key, arrival);
  } else serveOutside(core, key, arrival);
}
