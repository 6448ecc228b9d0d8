import type { CallEvent, EventOf } from '../call/events.ts';
import { dialogOf } from '../call/states/asks.ts';
import type { GatewayName } from '../gateways/options.ts';
import type { LegId, ReceivedInvite, SipEngine } from '../ports/sip-engine.ts';
import { writeAddress } from '../sip/address.ts';
import type { Tag } from '../sip/ids.ts';
import type { Header } from '../sip/message.ts';
import { contactUri } from '../sip/name-addr.ts';
import { type Replaces, replacesIn, withReplaces } from '../sip/replaces.ts';
import { dialogBy } from './carry-out.ts';
import { contactAt } from './identities.ts';
import type { LiveCall } from './live-call.ts';
import type { Surroundings } from './runtime.ts';

/** A leg of a call; leg a is attempt 0. */
export type Place = { readonly call: LiveCall; readonly attempt: number };

type Parts = Pick<Surroundings, 'engine' | 'identities' | 'health' | 'tell' | 'world'>;

type FindPlace = (leg: LegId) => Place | undefined;

/**
 * What leads a call elsewhere: a 3xx where its group follows, with where to; a REFER that is to be
 * carried out here, with the gateway that it names; and one that crosses, with the names that its
 * dialogs have across. Any other event is as it was.
 */
export function asItLeads(
  call: LiveCall,
  event: CallEvent,
  engine: SipEngine,
  placeOf: FindPlace,
): CallEvent {
  const { redirects } = call;
  if (event.on === 'b-refused' && event.status < 400 && redirects !== undefined) {
    return { ...event, redirects: redirects(event.headers) };
  }
  if (event.on !== 'asked' || event.method !== 'REFER') return event;
  const { headers } = event;
  if (call.transferTo !== undefined) return { ...event, leadsTo: call.transferTo(headers) };
  return { ...event, headers: headers.map((line) => acrossIn(line, engine, placeOf)) };
}

/**
 * A Refer-To whose Replaces names a dialog of this site means the one across that call: the far end
 * knows itself by other names, and lives elsewhere. Any other stays as it is. [3891-6.1]
 */
function acrossIn(line: Header, engine: SipEngine, placeOf: FindPlace): Header {
  if (line.name !== 'refer-to') return line;
  const uri = contactUri(line.value);
  const replaces = uri === undefined ? undefined : replacesIn(uri);
  const ours = replaces === undefined ? undefined : engine.find(replaces);
  const far = ours === undefined ? undefined : acrossOf(ours, engine, placeOf(ours.leg));
  if (replaces === undefined || far === undefined) return line;
  const { callId, localTag, remoteTag, target } = far;
  const { isEarlyOnly } = replaces;
  const seen = { callId, localTag: remoteTag, remoteTag: localTag, isEarlyOnly };
  return { ...line, value: `<${withReplaces(target, seen)}>` };
}

/** A call, and what it is to hear of the gateway that joins it. */
export type Joined = { readonly call: LiveCall; readonly event: EventOf<'b-joins'> };

/**
 * The call in which the INVITE of a gateway is to take the place of another one, as its next
 * attempt. Undefined: there is none, or nobody may be replaced in it. [3891-3]
 */
export function joinedBy(
  { engine, identities, health, tell, world }: Parts,
  { leg, request, receivedOn }: ReceivedInvite,
  gateway: GatewayName,
  replaces: Replaces,
  placeOf: FindPlace,
): Joined | undefined {
  const found = engine.find(replaces);
  const { call, attempt: replaced = 0 } = found === undefined ? {} : (placeOf(found.leg) ?? {});
  if (found === undefined || call?.transferTo === undefined || replaced === 0) return undefined;
  const { emergency, attempts } = call.state.facts;
  const attempt = attempts.length + 1;
  if (call.legsB.length !== attempts.length) return undefined;
  const { listener, source } = receivedOn;
  const { callId, headers, body } = request;
  const { tag } = identities.mint(emergency, callId);
  call.legsB.push({
    leg,
    callId,
    gateway,
    local: writeAddress(listener),
    target: writeAddress(source),
    by: undefined,
    why: undefined,
    contact: contactAt(listener, tag),
    toTag: tag,
    isAtGateway: true,
  });
  health.began(gateway, emergency);
  const at = world.clock.mono();
  tell.joining(call, attempt, receivedOn.through, at);
  const { isEarlyOnly } = replaces;
  const of = { attempt: replaced, tag: found.tag };
  const from = { gateway, address: source };
  const said = { headers, body, from, replaces: of, isEarlyOnly };
  return { call, event: { on: 'b-joins', at, attempt, tag, ...said } };
}

/** The dialog that the bridge of a call leads to; undefined: nobody talks in that one. */
function acrossOf({ tag }: { readonly tag: Tag }, engine: SipEngine, place: Place | undefined) {
  if (place === undefined || !('bridge' in place.call.state)) return undefined;
  const { call, attempt } = place;
  const { bridge } = place.call.state;
  const own = dialogBy(call, dialogOf(bridge, attempt === 0 ? 'a' : 'b'));
  if (own.tag !== tag || (attempt > 0 && attempt !== bridge.attempt)) return undefined;
  const other = dialogBy(call, dialogOf(bridge, attempt === 0 ? 'b' : 'a'));
  return engine.identify(other.leg, other.tag);
}
