import { NO_OCTETS } from '../base/brands.ts';
import { never } from '../base/never.ts';
import type { Rng } from '../base/time.ts';
import type { Effect } from '../call/effects.ts';
import type { TimerName } from '../call/events.ts';
import { type Facts, mayCallerTransfer, type Target } from '../call/facts.ts';
import { withoutOffer } from '../call/header-plans.ts';
import type { DialogName } from '../call/state.ts';
import type { HealthBook } from '../gateways/health-book.ts';
import { listenerLike, listenerToward } from '../gateways/listener-toward.ts';
import type { LoopGuard } from '../guard/loop-guard.ts';
import type { InviteResponse, Listener, OutgoingInvite, SipEngine } from '../ports/sip-engine.ts';
import { writeAddress } from '../sip/address.ts';
import { glareMs } from '../sip/glare.ts';
import { legId, type Tag, tagOf } from '../sip/ids.ts';
import { contactUri, withoutTag, withTag } from '../sip/name-addr.ts';
import { reasonPhrase } from '../sip/status.ts';
import { contactAt, type Identities } from './identities.ts';
import { forkTag, type LegB, type LiveCall, legBOf } from './live-call.ts';

/** What the orders of the core are carried out with. */
export type Hands = {
  readonly engine: SipEngine;
  readonly identities: Identities;
  readonly health: HealthBook;
  readonly loops: LoopGuard;
  readonly sides: Sides;
  readonly rng: Rng;
  setTimer(call: LiveCall, name: TimerName, ms: number): void;
  clearTimer(call: LiveCall): void;
  /** Makes the leg's events find their call. */
  bind(call: LiveCall, attempt: number): void;
  /** Has the caller spoken to, or no more. */
  announce(call: LiveCall, effect: Extract<Effect, { do: 'announce' }>): void;
  hush(call: LiveCall): void;
  end(call: LiveCall, termination: Extract<Effect, { do: 'end' }>['termination']): void;
  forget(call: LiveCall): void;
};

/** The first of a transport and family is what requests to a gateway on that side leave from. */
export type Sides = {
  readonly inside: readonly Listener[];
  readonly outside: readonly Listener[];
};

/** Inside is the gateway side; outside is U, and never A. */
export function sidesOf(listeners: readonly Listener[]): Sides {
  return {
    inside: listeners.filter(({ role }) => role === 'gateway'),
    outside: listeners.filter(({ role }) => role === 'unicast'),
  };
}

/** Carries out one order of the core. */
export function carryOut(call: LiveCall, effect: Effect, hands: Hands): void {
  const { engine } = hands;
  switch (effect.do) {
    case 'invite-b':
      inviteB(call, effect, hands);
      return;
    case 'cancel-b':
      engine.cancel(legBOf(call, effect.attempt).leg, effect.headers);
      return;
    case 'ack-b':
      engine.acknowledge(legBOf(call, effect.attempt).leg, effect.tag, effect);
      return;
    case 'bye-b':
      leaves(legBOf(call, effect.attempt), hands);
      engine.hangUp(legBOf(call, effect.attempt).leg, effect.tag, effect.headers);
      return;
    case 'accept-b':
      acceptB(call, effect, hands);
      return;
    case 'reject-b':
      rejectB(call, effect, hands);
      return;
    case 'ring-a':
      engine.ring(call.legA, responseOfA(call, effect, hands));
      return;
    case 'answer-a':
      engine.answer(call.legA, responseOfA(call, effect, hands));
      return;
    case 'reject-a':
      engine.reject(call.legA, { tag: forkTag(call, 0), contact: undefined, ...effect });
      return;
    case 'bye-a':
      engine.hangUp(call.legA, forkTag(call, effect.fork), effect.headers);
      return;
    case 'ask': {
      const { leg, tag, contact } = dialogBy(call, effect.dialog);
      engine.ask(leg, tag, { contact, ...effect });
      return;
    }
    case 'retract':
      engine.retract(dialogBy(call, effect.dialog).leg, effect.request, effect.headers);
      return;
    case 'reply': {
      const { leg, contact } = dialogBy(call, effect.dialog);
      engine.reply(leg, effect.request, { contact, ...effect });
      return;
    }
    case 'confirm':
      engine.confirm(dialogBy(call, effect.dialog).leg, effect.request, effect);
      return;
    default:
      carryOutHere(call, effect, hands);
  }
}

type OnWire =
  | 'invite-b'
  | 'cancel-b'
  | 'ack-b'
  | 'bye-b'
  | 'accept-b'
  | 'reject-b'
  | 'ring-a'
  | 'answer-a'
  | 'reject-a'
  | 'bye-a'
  | 'ask'
  | 'retract'
  | 'reply'
  | 'confirm';

/** What the far ends do not see at once. */
function carryOutHere(
  call: LiveCall,
  effect: Exclude<Effect, { readonly do: OnWire }>,
  hands: Hands,
): void {
  switch (effect.do) {
    case 'set-glare-timer':
      hands.setTimer(call, 'glare', glareMs(effect.ownsCallId, hands.rng.fraction()));
      return;
    case 'set-timer':
      hands.setTimer(call, effect.name, effect.delayMs);
      return;
    case 'clear-timer':
      hands.clearTimer(call);
      return;
    case 'note-gateway':
      hands.health.note(effect.gateway, effect.outcome, effect.restMs);
      return;
    case 'announce':
      hands.announce(call, effect);
      return;
    case 'hush':
      hands.hush(call);
      return;
    case 'end':
      hands.end(call, effect.termination);
      return;
    case 'ignore':
      return;
    case 'forget':
      hands.forget(call);
      return;
    default:
      never(effect);
  }
}

/** One dialog as the engine names it, and what our messages in it say as Contact. */
export function dialogBy(call: LiveCall, dialog: DialogName) {
  if (dialog.side === 'b') {
    const { leg, contact } = legBOf(call, dialog.attempt);
    return { leg, tag: dialog.tag, contact };
  }
  const tag = forkTag(call, dialog.fork);
  return { leg: call.legA, tag, contact: contactAt(call.contactListener, tag) };
}

/** A response in one dialog of leg a: its To-tag and its Contact; a new fork gets its token. */
function responseOfA(
  call: LiveCall,
  { fork, status, reason, headers, body }: Extract<Effect, { do: 'ring-a' | 'answer-a' }>,
  { identities }: Hands,
): InviteResponse {
  if (fork === call.identities.length) {
    call.identities.push(identities.mint(call.state.facts.emergency, call.sipCallId));
  }
  const tag = forkTag(call, fork);
  const contact = contactAt(call.contactListener, tag);
  const mayTransfer = mayCallerTransfer(call.state.facts);
  return { status, reason, tag, contact, mayTransfer, headers, body };
}

/** The gateway has one call less, as soon as that is sure. */
export function leaves(leg: LegB, { health }: Pick<Hands, 'health'>): void {
  if (leg.isAtGateway) health.ended(leg.gateway);
  leg.isAtGateway = false;
}

function inviteB(call: LiveCall, effect: Extract<Effect, { do: 'invite-b' }>, hands: Hands): void {
  const { asked, emergency, callId, transfers } = call.state.facts;
  const { target, attempt, isOffered } = effect;
  const said = isOffered === true ? withoutOffer(asked) : asked;
  const { identities, engine } = hands;
  const ours = call.fromGateway === undefined ? hands.sides.inside : hands.sides.outside;
  const listener = sideToward(target, ours);
  const legCallId = identities.legBCallId();
  const { tag } = identities.mint(emergency, legCallId);
  const leg = legId([callId, attempt].join('/b'));
  const contact = contactAt(listener, tag);
  const invite: OutgoingInvite = {
    leg,
    listener,
    large: forLarge(target, ours, tag),
    nextHop: target.address,
    uri: target.uri,
    from: withTag(asked.from, tag),
    to: withoutTag(asked.to),
    tag,
    callId: legCallId,
    contact,
    maxForwards: asked.maxForwards,
    mayRingReliably: effect.isOffered !== true && mayRingReliably(call.state.facts),
    mayTransfer: transfers !== undefined,
    mayBeReplaced: transfers === 'execute',
    isEmergency: emergency,
    headers: [...said.headers, ...(target.headers ?? [])],
    body: effect.body ?? said.body,
  };
  const { local, by, why } = engine.departure(invite);
  call.legsB.push({
    leg,
    callId: legCallId,
    gateway: target.gateway,
    local: writeAddress(local),
    target: writeAddress(target.address),
    by,
    why,
    contact,
    isAtGateway: true,
  });
  hands.health.began(target.gateway, emergency);
  hands.bind(call, attempt);
  hands.loops.sent({
    callId: legCallId,
    tag,
    emergency,
    uri: asked.uri,
    caller: contactUri(asked.from),
    body: invite.body,
    sentTo: target.address,
    group: call.group,
  });
  engine.invite(invite);
}

/** The gateway's INVITE is answered as the caller has answered its offer. */
function acceptB(
  call: LiveCall,
  { attempt, headers, body }: Extract<Effect, { do: 'accept-b' }>,
  { engine }: Hands,
): void {
  const { leg, contact, toTag: tag = tagOf('') } = legBOf(call, attempt);
  const says = { status: 200, reason: reasonPhrase(200), headers, body };
  engine.answer(leg, { ...says, tag, contact, mayTransfer: true });
}

function rejectB(
  call: LiveCall,
  { attempt, status }: Extract<Effect, { do: 'reject-b' }>,
  hands: Hands,
): void {
  const leg = legBOf(call, attempt);
  leaves(leg, hands);
  const says = { status, reason: reasonPhrase(status), headers: [], body: NO_OCTETS };
  hands.engine.reject(leg.leg, { ...says, tag: leg.toTag ?? tagOf(''), contact: undefined });
}

/** An offer in what rings must find its answer: each reaches a caller who can give one. [3262-5] */
function mayRingReliably({ asked, earlyDialogs }: Facts): boolean {
  return asked.body !== '' || (asked.ringsReliably && earlyDialogs === 'each');
}

/** The side of ours that speaks the target's transport, whatever the caller's leg speaks. */
export function sideToward(
  target: Pick<Target, 'address' | 'transport'>,
  listeners: readonly Listener[],
): Listener {
  const { address, transport = 'udp' } = target;
  const found = listenerLike(address, transport, listeners) ?? listeners[0];
  if (found === undefined) throw new Error('the site has no listener on that side');
  return found;
}

function forLarge(
  { address, transport, largeByTcp }: Target,
  listeners: readonly Listener[],
  tag: Tag,
) {
  if (largeByTcp !== true || transport === 'tcp') return undefined;
  const listener = listenerToward(address, 'tcp', listeners);
  return listener === undefined ? undefined : { listener, contact: contactAt(listener, tag) };
}
