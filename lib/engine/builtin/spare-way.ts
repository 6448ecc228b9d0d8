import type { Core } from './core.ts';
import type { Flow } from './legs.ts';
import type { Dialog } from './proto/dialog.ts';
import { usableHop } from './proto/next-hop.ts';

/** The flow of a dialog, and where to once its connection is gone: to its route or its Contact. */
export function withSpare({ wires }: Core, dialog: Dialog, { wire, to }: Flow): Flow {
  if (to.connection === undefined) return { wire, to };
  const otherwise = usableHop(dialog, wires.listeners, wire.listener.transport);
  return { wire, to: { ...to, otherwise } };
}
