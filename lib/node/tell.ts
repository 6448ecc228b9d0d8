import type { MonoMs } from '../base/brands.ts';
import { never } from '../base/never.ts';
import type { Effect } from '../call/effects.ts';
import { unixAt } from '../call/facts.ts';
import type { Step } from '../call/story.ts';
import type { EventSink } from '../ports/event-sink.ts';
import type { LegEvent, ReceivedOn } from '../ports/sip-engine.ts';
import { writeAddress } from '../sip/address.ts';
import { headerValue } from '../sip/headers.ts';
import { contactUri } from '../sip/name-addr.ts';
import { reasonPhrase } from '../sip/status.ts';
import { openAckWays } from './ack-ways.ts';
import { contactAt } from './identities.ts';
import { forkTag, type LiveCall, legBOf } from './live-call.ts';

/**
 * Tells the story of calls: one step for each message of a call that means something. Other sites
 * that a step names are kept for the record.
 */
export type Teller = {
  invited(call: LiveCall, at: MonoMs): void;
  /** The caller's INVITE came once more, on another way. */
  joined(call: LiveCall, receivedOn: ReceivedOn, at: MonoMs): void;
  /** A gateway's INVITE wants the place of another one. */
  joining(call: LiveCall, attempt: number, through: string | undefined, at: MonoMs): void;
  heardA(call: LiveCall, event: LegEvent, at: MonoMs): void;
  heardB(call: LiveCall, attempt: number, event: LegEvent, at: MonoMs): void;
  ordered(call: LiveCall, effect: Effect, at: MonoMs): void;
};

export function teller(sink: EventSink, site: string): Teller {
  const ackWays = openAckWays(sink);
  const tell = (call: LiveCall, at: MonoMs, step: Said) => {
    const { facts } = call.state;
    if (step.through !== undefined) call.through.add(step.through);
    sink.step(shaped(step, { at: unixAt(facts, at), callId: facts.callId, site }));
  };
  return {
    invited(call, at) {
      const door = addresses(call.receivedOn);
      const wire = { direction: 'in', ...door } as const;
      const gateway = call.fromGateway;
      tell(call, at, { leg: 'a', event: 'a-invited', message: 'INVITE', ...wire, gateway });
      tell(call, at, {
        leg: 'a',
        event: 'trying-a',
        message: '100 Trying',
        direction: 'out',
        ...door,
      });
      if (call.marks.length === 0) return;
      tell(call, at, { leg: 'a', event: 'marked', why: call.marks.join(', ') });
    },
    joined(call, receivedOn, at) {
      const door = addresses(receivedOn);
      tell(call, at, { leg: 'a', event: 'a-joined', message: 'INVITE', direction: 'in', ...door });
    },
    joining(call, attempt, through, at) {
      const { gateway, target: remote, local } = legBOf(call, attempt);
      const wire = { message: 'INVITE', direction: 'in', local, remote } as const;
      tell(call, at, { leg: 'b', event: 'b-joins', ...wire, through, attempt, gateway });
    },
    heardA(call, event, at) {
      if (event.on === 'acknowledged') ackWays.came(call);
      if (event.on === 'unacknowledged') ackWays.missed(call);
      const message = messageOf(event);
      if (message === undefined) {
        tell(call, at, { leg: 'a', event: `a-${event.on}`, why: whyIn(event) });
        return;
      }
      const door = addresses('receivedOn' in event ? event.receivedOn : call.receivedOn);
      const through = throughOf(event);
      const said = { event: `a-${event.on}`, message, direction: 'in' } as const;
      tell(call, at, { leg: 'a', ...said, ...door, through });
    },
    heardB(call, attempt, event, at) {
      const { gateway, target, local } = legBOf(call, attempt);
      tell(call, at, {
        leg: 'b',
        event: `b-${event.on}`,
        message: messageOf(event),
        direction: 'in',
        local,
        remote: target,
        through: throughOf(event),
        attempt,
        gateway,
        contact: contactIn(event),
        why: whyIn(event),
      });
    },
    ordered(call, effect, at) {
      if (effect.do === 'invite-b') countEngine(sink, legBOf(call, effect.attempt).by);
      const step = stepOf(call, effect);
      if (step !== undefined) tell(call, at, step);
    },
  };
}

type Said = Omit<Step, 'at' | 'callId' | 'site'>;

/** With all fields in one order: what reads thousands of steps is made for one shape. */
function shaped(step: Said, { at, callId, site }: Pick<Step, 'at' | 'callId' | 'site'>): Step {
  return {
    at,
    callId,
    site,
    leg: step.leg,
    event: step.event,
    message: step.message,
    direction: step.direction,
    local: step.local,
    remote: step.remote,
    through: step.through,
    attempt: step.attempt,
    gateway: step.gateway,
    engine: step.engine,
    contact: step.contact,
    why: step.why,
  };
}

function addresses({ listener, source, through }: ReceivedOn) {
  return { local: writeAddress(listener), remote: writeAddress(source), through };
}

/** Of a response within a dialog it is not known. */
function throughOf(event: LegEvent): string | undefined {
  return 'receivedOn' in event ? event.receivedOn.through : undefined;
}

/** What stood on the wire; undefined where silence or the system spoke. */
function messageOf(event: LegEvent): string | undefined {
  switch (event.on) {
    case 'trying':
      return '100 Trying';
    case 'ringing':
    case 'answered':
      return `${event.status} ${event.reason}`;
    case 'refused':
      return event.cause === 'response' ? `${event.status} ${event.reason}` : undefined;
    case 'cancelled':
      return 'CANCEL';
    case 'retracted':
      return 'CANCEL';
    case 'acknowledged':
      return 'ACK';
    case 'hung-up':
      return 'BYE';
    case 'asked':
      return event.method;
    case 'replied':
      return `${event.status} ${event.reason}`;
    case 'confirmed':
      return 'ACK';
    case 'declined':
      return `${event.method} (${event.status})`;
    case 'unacknowledged':
    case 'unconfirmed':
    case 'expired':
    case 'lost':
      return undefined;
    default:
      return never(event);
  }
}

function whyIn(event: LegEvent): string | undefined {
  if (event.on === 'lost') return event.why;
  if (event.on === 'expired') return `${event.status}`;
  return event.on === 'refused' && event.cause !== 'response' ? event.cause : undefined;
}

/** Where the gateway wants the rest of the dialog to go. */
function contactIn(event: LegEvent): string | undefined {
  if (event.on !== 'answered') return undefined;
  const value = headerValue(event.headers, 'contact');
  return value === undefined ? undefined : contactUri(value);
}

function countEngine(sink: EventSink, engine: string | undefined): void {
  if (engine !== undefined) sink.count('legs', engine);
}

/** Where the site has two engines, the step says which one carries the leg. */
function inviteStep(call: LiveCall, attempt: number) {
  const { gateway, target, local, by: engine, why } = legBOf(call, attempt);
  const wire = { direction: 'out', local, remote: target } as const;
  const event = 'invite-b';
  return { leg: 'b', event, message: 'INVITE', ...wire, attempt, gateway, engine, why } as const;
}

const REQUESTS: Partial<Record<Effect['do'], string>> = {
  'cancel-b': 'CANCEL',
  'ack-b': 'ACK',
  'bye-b': 'BYE',
  'bye-a': 'BYE',
};

function stepOf(call: LiveCall, effect: Effect) {
  const event = effect.do;
  switch (effect.do) {
    case 'invite-b':
      return inviteStep(call, effect.attempt);
    case 'cancel-b':
    case 'ack-b':
    case 'bye-b': {
      const { gateway, target, local } = legBOf(call, effect.attempt);
      const { attempt } = effect;
      const wire = { direction: 'out', local, remote: target } as const;
      return { leg: 'b', event, message: REQUESTS[event], ...wire, attempt, gateway } as const;
    }
    case 'accept-b':
    case 'reject-b': {
      const { gateway, target, local, contact } = legBOf(call, effect.attempt);
      const { attempt } = effect;
      const status = effect.do === 'accept-b' ? 200 : effect.status;
      const message = `${status} ${reasonPhrase(status)}`;
      const wire = { direction: 'out', local, remote: target, contact } as const;
      return { leg: 'b', event, message, ...wire, attempt, gateway } as const;
    }
    case 'ring-a':
    case 'answer-a':
    case 'reject-a': {
      const message = `${effect.status} ${effect.reason}`;
      const contact =
        effect.do === 'reject-a'
          ? undefined
          : contactAt(call.contactListener, forkTag(call, effect.fork));
      const wire = { direction: 'out', ...addresses(call.receivedOn) } as const;
      return { leg: 'a', event, message, ...wire, contact } as const;
    }
    case 'bye-a': {
      const local = writeAddress(call.contactListener);
      const remote = writeAddress(call.receivedOn.source);
      return { leg: 'a', event, message: 'BYE', direction: 'out', local, remote } as const;
    }
    case 'ask':
    case 'retract':
    case 'reply':
    case 'confirm':
      return withinStep(call, effect);
    case 'end': {
      const { reason, fault } = effect.termination;
      return { leg: 'a', event, why: `${reason}, fault ${fault}` } as const;
    }
    case 'ignore':
      return { leg: 'a', event, why: `${effect.event} in ${effect.state}` } as const;
    case 'announce':
      return { leg: 'a', event, why: effect.prompt } as const;
    case 'hush':
      return { leg: 'a', event } as const;
    case 'set-timer':
    case 'set-glare-timer':
    case 'clear-timer':
    case 'note-gateway':
    case 'forget':
      return undefined;
    default:
      return never(effect);
  }
}

type WithinEffect = Extract<Effect, { do: 'ask' | 'retract' | 'reply' | 'confirm' }>;

/** A message of ours within a dialog. */
function withinStep(call: LiveCall, effect: WithinEffect) {
  const event = effect.do;
  const message = withinMessage(effect);
  const { dialog } = effect;
  if (dialog.side === 'b') {
    const { gateway, target, local } = legBOf(call, dialog.attempt);
    const wire = { direction: 'out', local, remote: target } as const;
    return { leg: 'b', event, message, ...wire, attempt: dialog.attempt, gateway } as const;
  }
  const local = writeAddress(call.contactListener);
  const remote = writeAddress(call.receivedOn.source);
  return { leg: 'a', event, message, direction: 'out', local, remote } as const;
}

function withinMessage(effect: WithinEffect): string {
  switch (effect.do) {
    case 'ask':
      return effect.method;
    case 'retract':
      return 'CANCEL';
    case 'reply':
      return `${effect.status} ${effect.reason}`;
    case 'confirm':
      return 'ACK';
    default:
      return never(effect);
  }
}
