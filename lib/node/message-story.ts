import { textOf } from '../base/octet-text.ts';
import type { CallId } from '../call/ids.ts';
import type { AttemptRecord, CallRecord } from '../call/record.ts';
import type { Step } from '../call/story.ts';
import { type EndReason, terminated } from '../call/termination.ts';
import type { MessageOutcome } from '../ports/outside-dialogs.ts';
import type { Listener, Stray } from '../ports/sip-engine.ts';
import { type Address, writeAddress } from '../sip/address.ts';
import { headerValue } from '../sip/headers.ts';
import type { SipCallId } from '../sip/ids.ts';
import { tellExhausted } from './ended-record.ts';
import type { Sender } from './judge.ts';
import type { Desk } from './receptionist.ts';
import { doorName } from './refused-record.ts';

/** Tells what becomes of a MESSAGE outside of calls, in steps and in a record as calls have. */
export type MessageStory = {
  sent(attempt: number, gateway: string, from: Listener, to: Address): void;
  heard(attempt: number, outcome: Exclude<MessageOutcome, { kind: 'silent' }>): void;
  ended(
    why: EndReason,
    said: { readonly status: number; readonly reason: string },
    attempts: readonly AttemptRecord[],
    sipCallIds: readonly SipCallId[],
  ): void;
};

type Way = { readonly gateway: string; readonly local: string; readonly remote: string };

export function messageStory(
  { world, sink, rules }: Desk,
  { request, receivedOn }: Stray,
  sender: Sender,
  callId: CallId,
): MessageStory {
  const { clock } = world;
  const { site } = rules.options;
  const receivedAt = clock.unix();
  const begunAt = clock.mono();
  const ways = new Map<number, Way>();
  const tell = (step: Omit<Step, 'at' | 'callId' | 'site'>) =>
    sink.step({ at: clock.unix(), callId, site, ...step });
  const door = {
    local: writeAddress(receivedOn.listener),
    remote: writeAddress(receivedOn.source),
  };
  const { emergency, marks, trunk, group } = sender;
  const gateway = sender.gateway?.name;
  const asked = { leg: 'a', event: 'a-asked', message: 'MESSAGE', direction: 'in' } as const;
  tell({ ...asked, ...door, gateway });
  if (marks.length > 0) tell({ leg: 'a', event: 'marked', why: marks.join(', ') });
  return {
    sent(attempt, name, from, to) {
      const way = { gateway: name, local: writeAddress(from), remote: writeAddress(to) };
      ways.set(attempt, way);
      tell({ leg: 'b', event: 'ask', message: 'MESSAGE', direction: 'out', attempt, ...way });
    },
    heard(attempt, outcome) {
      const heard = { leg: 'b', event: 'b-replied', attempt, ...ways.get(attempt) } as const;
      if (outcome.kind === 'failed') tell({ ...heard, why: outcome.cause });
      else tell({ ...heard, message: `${outcome.status} ${outcome.reason}`, direction: 'in' });
    },
    ended(why, { status, reason }, attempts, sipCallIdB) {
      const end = terminated(why, status);
      const reply = { leg: 'a', event: 'reply', message: `${status} ${reason}` } as const;
      tell({ ...reply, direction: 'out', ...door });
      tell({ leg: 'a', event: 'end', why: `${end.reason}, fault ${end.fault}` });
      sink.count('messages', why === 'message-delivered' ? 'delivered' : 'failed');
      if (emergency && why === 'gateways-exhausted')
        tellExhausted(sink, group?.name, callId, attempts);
      const record: CallRecord = {
        record: 1,
        callId,
        method: 'MESSAGE',
        sipCallIdA: request.callId,
        sipCallIdB,
        site,
        receivedAt,
        receivedOn: doorName(receivedOn.listener),
        source: writeAddress(receivedOn.source),
        trunk: trunk?.name,
        fromGateway: gateway,
        from: textOf(headerValue(request.headers, 'from') ?? ''),
        to: textOf(headerValue(request.headers, 'to') ?? ''),
        emergency,
        marks,
        times: { invite: receivedAt, ...UNTIMED, ended: clock.unix() },
        moved: undefined,
        attempts,
        ...end,
        durationMs: Math.round(clock.mono() - begunAt),
      };
      sink.record(record);
    },
  };
}

const UNTIMED = { trying: undefined, ringing: undefined, answered: undefined, acked: undefined };
