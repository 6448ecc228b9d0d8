import { type MonoMs, NO_OCTETS } from '../base/brands.ts';
import type { Alarm } from '../base/time.ts';
import { crossing } from '../call/header-plans.ts';
import type { AttemptRecord } from '../call/record.ts';
import { mayTryNext, outcomeOf, shareMs } from '../call/states/hunting.ts';
import { type EndReason, reasonOfStatus } from '../call/termination.ts';
import { listenerToward } from '../gateways/listener-toward.ts';
import { type PlannedTarget, planHunt } from '../gateways/plan-hunt.ts';
import type { MessageOutcome } from '../ports/outside-dialogs.ts';
import type { Content, Stray } from '../ports/sip-engine.ts';
import { writeAddress } from '../sip/address.ts';
import { headerValue } from '../sip/headers.ts';
import type { SipCallId } from '../sip/ids.ts';
import { contactUri, withoutTag, withTag } from '../sip/name-addr.ts';
import { reasonPhrase } from '../sip/status.ts';
import { reasonHeader, warning } from '../sip/warning.ts';
import { hopsLeft, refusalOf } from './admission.ts';
import { type Sides, sideToward } from './carry-out.ts';
import type { Identity } from './identities.ts';
import { failoverOf, gatewaysFor, headersFor, judge, originOf, type Sender } from './judge.ts';
import { type MessageStory, messageStory } from './message-story.ts';
import type { Desk } from './receptionist.ts';
import { refuseMessage } from './refuse-message.ts';

/** After so long whoever has sent it does not listen any more: Timer F, and some way to go. */
const PATIENCE_MS = 30_000;

/** A MESSAGE on its way through its group. */
type Delivery = {
  readonly desk: Desk;
  readonly sides: Sides;
  readonly message: Stray;
  readonly sender: Sender;
  readonly identity: Identity;
  readonly startedAt: MonoMs;
  readonly targets: readonly PlannedTarget[];
  readonly attempts: AttemptRecord[];
  readonly sipCallIds: SipCallId[];
  readonly story: MessageStory;
  /** Tries without a final answer, by their number, and what lets go of each. */
  readonly open: Map<number, () => void>;
  alarm: Alarm | undefined;
  isOver: boolean;
};

/**
 * Takes each MESSAGE outside of a call. One that is an emergency is treated as such a call is:
 * passed to a gateway of its group, one after the other, until one takes it. Any other is for those
 * to whom the file allows it: it is no part of a call, and nobody may send such to strangers.
 */
export function messenger(desk: Desk, sides: Sides, isDraining: () => boolean) {
  return (message: Stray): void => {
    const origin = originOf(desk, message);
    const now = { isBuried: false, isDraining: isDraining() };
    const { inquiry, sender } = judge(desk, message, origin, now);
    const { emergency, gateway, trunk } = sender;
    const isWelcome = emergency || gateway !== undefined || trunk?.messages === 'pass';
    const refused = isWelcome ? refusalOf(inquiry) : 'unwelcome';
    if (refused === undefined) deliver(desk, sides, message, sender);
    else refuseMessage(desk, message, sender, refused);
  };
}

function deliver(desk: Desk, sides: Sides, message: Stray, sender: Sender): void {
  const { world, health, directory, identities, rules } = desk;
  const { request } = message;
  const { group, emergency } = sender;
  const planning = { gateways: gatewaysFor(rules.options, sender), health, directory };
  const wanted = { asked: request.uri, emergency };
  const targets =
    group === undefined ? [] : planHunt({ group, ...wanted }, { ...planning, rng: world.rng });
  const identity = identities.mint(emergency, request.callId);
  const story = messageStory(desk, message, sender, identities.callId(identity));
  const delivery: Delivery = {
    desk,
    sides,
    message,
    sender,
    identity,
    startedAt: world.clock.mono(),
    targets,
    attempts: [],
    sipCallIds: [],
    story,
    open: new Map(),
    alarm: undefined,
    isOver: false,
  };
  delivery.alarm = world.timers.set(PATIENCE_MS, () => fail(delivery));
  tryNext(delivery);
}

/** Without a further target it waits for those that owe an answer. */
function tryNext(delivery: Delivery): void {
  const target = delivery.targets[delivery.attempts.length];
  if (target !== undefined) send(delivery, target);
  else if (delivery.open.size === 0) fail(delivery);
}

function send(delivery: Delivery, target: PlannedTarget): void {
  const { desk, message, sender, attempts, sides, story } = delivery;
  const { engine, identities, health, loops, world } = desk;
  const { request } = message;
  const { gateway, address, uri } = target;
  const callId = identities.legBCallId();
  const { tag } = identities.mint(sender.emergency, callId);
  const from = headerValue(request.headers, 'from') ?? '';
  const ours = sender.gateway === undefined ? sides.inside : sides.outside;
  const listener = sideToward(target, ours);
  const number = attempts.push({
    gateway,
    target: writeAddress(address),
    startedAt: world.clock.unix(),
    status: 0,
    reason: '',
  });
  delivery.sipCallIds.push(callId);
  const { emergency } = sender;
  const caller = contactUri(from);
  const named = { callId, tag, emergency, uri: request.uri, caller, body: request.body };
  loops.sent({ ...named, sentTo: address, group: sender.group?.name });
  health.began(gateway, emergency);
  story.sent(number, gateway, listener, address);
  delivery.open.set(number, () => undefined);
  const letGo = engine.sendMessage(
    {
      listener,
      large: target.largeByTcp === true ? listenerToward(address, 'tcp', ours) : undefined,
      nextHop: address,
      uri,
      from: withTag(from, tag),
      to: withoutTag(headerValue(request.headers, 'to') ?? ''),
      tag,
      callId,
      maxForwards: hopsLeft(message) - 1,
      isEmergency: emergency,
      headers: [...headersFor(desk, message, sender), ...(target.headers ?? [])],
      body: request.body,
      silenceMs: silenceMs(delivery),
    },
    (outcome) => onOutcome(delivery, number, outcome),
  );
  if (delivery.open.has(number)) delivery.open.set(number, letGo);
}

/** As one try of a call: its share of what is left, within the limits of the file. */
function silenceMs({ desk, targets, attempts, startedAt }: Delivery): number {
  const leftMs = PATIENCE_MS - (desk.world.clock.mono() - startedAt);
  return shareMs(desk.rules.options.hunt, leftMs, targets.length - attempts.length + 1);
}

function onOutcome(delivery: Delivery, number: number, outcome: MessageOutcome): void {
  if (delivery.isOver) return;
  const isNewest = number === delivery.attempts.length;
  const { status, reason, headers, body } = saidBy(outcome);
  const entry = delivery.attempts[number - 1];
  if (entry !== undefined) delivery.attempts[number - 1] = { ...entry, status, reason };
  if (outcome.kind === 'silent') {
    noteHealth(delivery, number, 'silent');
    if (isNewest) tryNext(delivery);
    return;
  }
  closeTry(delivery, number);
  delivery.story.heard(number, outcome);
  const cause = outcome.kind === 'failed' ? outcome.cause : 'response';
  noteHealth(delivery, number, outcomeOf(cause, status));
  if (status < 300) conclude(delivery, 'message-delivered', { status, reason, headers, body });
  else if (mayGoOn(delivery, status, cause)) {
    if (isNewest || delivery.open.size === 0) tryNext(delivery);
  } else if (reasonOfStatus(status) === 'gateway-refused') fail(delivery);
  else conclude(delivery, reasonOfStatus(status), { status, reason, headers, body });
}

function mayGoOn(
  { sender }: Delivery,
  status: number,
  cause: 'response' | 'timeout' | 'transport',
) {
  return mayTryNext({ failoverOn: failoverOf(sender) }, status, cause);
}

type Said = Content & { readonly status: number; readonly reason: string };

/** Silence and failures of ours are said as a call says them. [3261-8.1.3.1] */
function saidBy(outcome: MessageOutcome): Said {
  if (outcome.kind === 'answered') return outcome;
  const isLost = outcome.kind === 'failed' && outcome.cause === 'transport';
  const status = isLost ? 503 : 408;
  return { status, reason: reasonPhrase(status), headers: [], body: NO_OCTETS };
}

function noteHealth(
  { desk, attempts }: Delivery,
  number: number,
  outcome: 'alive' | 'silent' | 'unreachable' | 'refused',
): void {
  const gateway = attempts[number - 1]?.gateway;
  if (gateway !== undefined) desk.health.note(gateway, outcome);
}

function closeTry({ desk, attempts, open, sipCallIds }: Delivery, number: number): void {
  if (!open.delete(number)) return;
  const [gateway, callId] = [attempts[number - 1]?.gateway, sipCallIds[number - 1]];
  if (gateway !== undefined) desk.health.ended(gateway);
  if (callId !== undefined) desk.loops.forget(callId);
}

/** Nobody took it: as a call hears it, with no name or address of the inside. */
function fail(delivery: Delivery): void {
  const { attempts } = delivery;
  const last = attempts.findLast(({ status }) => status >= 300);
  const cause = last === undefined ? [] : [reasonHeader(last.status, reasonPhrase(last.status))];
  const tried = attempts.map(({ status }) => status).join(', ');
  const words = attempts.length === 0 ? '' : `: ${tried}`;
  const headers = [...cause, warning('landfall', `no gateway took the message${words}`)];
  const said = { status: 500, reason: reasonPhrase(500), headers, body: NO_OCTETS };
  conclude(delivery, 'gateways-exhausted', said);
}

/** The sender gets the last word, and the record is written. */
function conclude(delivery: Delivery, why: EndReason, said: Said): void {
  const { desk, message, sender, open, story, attempts, sipCallIds } = delivery;
  if (delivery.isOver) return;
  delivery.isOver = true;
  if (delivery.alarm !== undefined) desk.world.timers.clear(delivery.alarm);
  for (const [number, letGo] of open) {
    letGo();
    closeTry(delivery, number);
  }
  const isOurs = why === 'gateways-exhausted';
  const headers = isOurs ? said.headers : crossing(said.headers, sender.emergency);
  desk.engine.conclude(message.id, { ...said, headers });
  story.ended(why, said, attempts, sipCallIds);
}
