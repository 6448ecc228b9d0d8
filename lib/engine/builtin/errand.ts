import { sameAddress } from '../../sip/address.ts';
import { writeRequest } from '../../sip/write.ts';
import type { Outcome } from './client-users.ts';
import type { Core } from './core.ts';
import type { AnyDialog, Flow } from './legs.ts';
import { type InDialog, nextOurs, requestInDialog } from './proto/dialog.ts';
import { clientKey } from './proto/match.ts';
import { gatewayHop } from './proto/next-hop.ts';
import { ownVia } from './wires.ts';

/** A caller that says nothing for so long is tried by another way. */
export const SILENCE_MS = 2000;

export type Ways = readonly [Flow, ...Flow[]];

/**
 * The ways to the far end, the best one first. A caller's own last message knows the way through
 * its NAT; its Contact or route is next, and then the address it once dialled, which may be the
 * only one that its firewall lets in.
 */
export function waysOf(core: Core, entry: AnyDialog): Ways {
  const { leg, dialog } = entry;
  const { listeners } = core.wires;
  const { wire, to } = leg.flow;
  const hop = gatewayHop(dialog, to, listeners, wire.listener.transport);
  if (entry.side === 'b') {
    return [{ wire, to: { address: hop.address, port: hop.port, name: to.name } }];
  }
  const named = { wire, to: hop };
  const { address, port } = to;
  const dialled = { wire: entry.leg.door, to: { address, port } };
  const ways: [Flow, ...Flow[]] = [leg.flow];
  for (const way of [named, dialled]) {
    if (!ways.some((known) => isSame(known, way))) ways.push(way);
  }
  return ways;
}

function isSame(one: Flow, other: Flow): boolean {
  return one.wire === other.wire && sameAddress(one.to, other.to);
}

/** A request on its way, by whatever ways. */
export type Errand = {
  /** Nobody waits for it any more: it is not repeated. */
  letGo(): void;
};

/**
 * Sends a request other than INVITE, and after silence again by the next way: a new request with
 * a number of its own. Whoever answers first has answered, whichever of them it was.
 */
export function sendErrand(
  core: Core,
  entry: AnyDialog,
  ways: Ways,
  what: Omit<InDialog, 'number' | 'via'>,
  onOutcome?: (outcome: Outcome) => void,
): Errand {
  const keys: string[] = [];
  let isDone = false;
  tryNext();
  return { letGo: () => letGoExcept(undefined) };

  function tryNext(): void {
    const flow = ways[keys.length];
    if (isDone || flow === undefined) return;
    entry.dialog = nextOurs(entry.dialog);
    const branch = core.serials.branch(entry.dialog.localTag);
    const via = ownVia(flow.wire, branch);
    const message = requestInDialog(entry.dialog, { number: entry.dialog.localSeq, via, ...what });
    const key = clientKey(branch, what.method);
    keys.push(key);
    const isLast = keys.length === ways.length;
    core.clients.request(key, flow, writeRequest(message), {
      onOutcome: (outcome) => onEnd(key, outcome),
      silence: isLast ? undefined : { afterMs: SILENCE_MS, run: tryNext },
    });
  }

  function onEnd(key: string, outcome: Outcome): void {
    if (isDone) return;
    const isFailure = typeof outcome === 'string';
    const isNewest = key === keys.at(-1);
    if (isFailure && !isNewest) return;
    if (isFailure && keys.length < ways.length) {
      tryNext();
      return;
    }
    letGoExcept(key);
    onOutcome?.(outcome);
  }

  function letGoExcept(answered: string | undefined): void {
    isDone = true;
    for (const key of keys) if (key !== answered) core.clients.drop(key);
  }
}
