import type { Alarm, World } from '../../base/time.ts';
import type { LegEvent, ReceivedOn } from '../../ports/sip-engine.ts';
import type { Transport } from '../../sip/address.ts';
import type { LegId, RequestId, UriText } from '../../sip/ids.ts';
import { parseUri, sipUri } from '../../sip/uri.ts';
import { dialogId, type Leg } from './legs.ts';
import type { SipPlace } from './server-link.ts';
import type { SrfMessage } from './srf.ts';

/** What the parts of the engine share. */
export type Core = Pick<World, 'clock' | 'timers'> & {
  readonly legs: Map<LegId, Leg>;
  /** By the name that drachtio-server gives their dialog. */
  readonly dialogs: Map<string, Leg>;
  /** Probes that wait. */
  readonly probes: Set<Alarm>;
  tell(leg: LegId, event: LegEvent): void;
  /** A name for a request of a far end. */
  nextRequest(): RequestId;
};

export function forget({ legs, dialogs, timers }: Core, leg: Leg): void {
  if (leg.phase.tag === 'cancelling') timers.clear(leg.phase.alarm);
  leg.phase = { tag: 'final' };
  const { dialog } = leg;
  leg.dialog = undefined;
  dialog?.waiting.splice(0);
  for (const alarm of [dialog?.ours?.alarm, dialog?.theirs?.alarm]) {
    if (alarm !== undefined) timers.clear(alarm);
  }
  legs.delete(leg.id);
  dialogs.delete(dialogId(leg));
}

/** Nothing happens by itself any more. */
export function forgetAll(core: Core): void {
  for (const leg of core.legs.values()) forget(core, leg);
  for (const alarm of core.probes) core.timers.clear(alarm);
  core.probes.clear();
}

/** The Contact that leads to the server which holds the leg: same token, its address. */
export function contactOf({ place }: Pick<Leg, 'place'>, contact: UriText): UriText {
  const uri = parseUri(contact);
  const user = uri.kind === 'sip' ? uri.user : undefined;
  const { address: host, port, transport } = place;
  const params = transport === 'udp' ? [] : [{ name: 'transport', value: transport }];
  return sipUri({ user, host, port, params });
}

export function receivedOn(place: SipPlace, message: SrfMessage): ReceivedOn {
  return {
    listener: { ...place, role: 'gateway', advertise: undefined },
    source: { address: message.source_address, port: message.source_port },
  };
}

/** The next hop in the server's words. */
export function hopUri(hop: { address: string; port: number }, transport: Transport): string {
  const params = transport === 'udp' ? [] : [{ name: 'transport', value: transport }];
  return sipUri({ host: hop.address, port: hop.port, params });
}
