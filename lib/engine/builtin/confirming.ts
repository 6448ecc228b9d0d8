import { bytesOf, NO_OCTETS, octetsOf } from '../../base/brands.ts';
import type { Content } from '../../ports/sip-engine.ts';
import type { RequestId } from '../../sip/ids.ts';
import { writeRequest } from '../../sip/write.ts';
import type { Core } from './core.ts';
import { waysOf } from './errand.ts';
import { dialogWith, type OurInvite } from './exchange.ts';
import type { AnyDialog, SentAck } from './legs.ts';
import { requestInDialog } from './proto/dialog.ts';
import { fenced } from './proto/fence.ts';
import { ownVia } from './wires.ts';

/** Sends the ACK that the node has ordered. */
export function confirmByUs(
  core: Core,
  dialogs: readonly AnyDialog[],
  request: RequestId,
  content: Content,
): void {
  const ours = dialogWith(dialogs, (exchange) => exchange.ours?.request === request)?.exchange
    ?.ours;
  if (ours?.state.tag === 'answered') sendAck(core, ours, content);
}

/** No BYE before the ACK of a 2xx. [3261-15] */
export function closeAsking(core: Core, { exchange }: AnyDialog): void {
  const ours = exchange?.ours;
  if (ours?.state.tag === 'answered') sendAck(core, ours, { headers: [], body: NO_OCTETS });
}

/** A 2xx that came again, or after its time: whoever sends it waits for an ACK. */
export function acknowledgeLate(core: Core, ours: OurInvite): void {
  if (ours.state.tag === 'over' && ours.state.ack !== undefined) repeatAck(core, ours);
  else sendAck(core, ours, { headers: [], body: NO_OCTETS });
}

/** Sends the ACK of a 2xx to a re-INVITE of ours. */
export function sendAck(core: Core, ours: OurInvite, { headers, body }: Content): void {
  const { entry, invite, flow } = ours;
  const request = requestInDialog(entry.dialog, {
    method: 'ACK',
    number: invite.number,
    via: ownVia(flow.wire, core.serials.branch(entry.dialog.localTag)),
    headers: fenced(headers),
    body,
  });
  const [{ to }] = waysOf(core, entry);
  entry.session?.said({ headers, body });
  const ack: SentAck = { octets: octetsOf(writeRequest(request)), to };
  ours.state = { tag: 'over', ack };
  repeatAck(core, ours);
}

function repeatAck(core: Core, { state, flow }: OurInvite): void {
  if (state.tag === 'over' && state.ack !== undefined) {
    core.wires.send(flow.wire, bytesOf(state.ack.octets), state.ack.to);
  }
}
