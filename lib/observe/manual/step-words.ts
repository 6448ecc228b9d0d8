import type { Effect } from '../../call/effects.ts';
import type { CallEvent } from '../../call/events.ts';
import type { Step } from '../../call/story.ts';

/** What happens inside a call without being told as a step. */
type Untold =
  | 'timer'
  | 'announced'
  | 'yielded'
  | 'announcement-over'
  | 'shutdown'
  | 'set-timer'
  | 'set-glare-timer'
  | 'clear-timer'
  | 'note-gateway'
  | 'forget';

/** Events that either leg can have; the step says which one had it. */
type OfEither = 'asked' | 'retracted' | 'replied' | 'confirmed' | 'unconfirmed';

/** Every event that a step line can have: what was heard, and what was ordered. */
export type StepEvent =
  | 'a-invited'
  | 'trying-a'
  | 'marked'
  | 'a-joined'
  | Exclude<CallEvent['on'], Untold | OfEither>
  | `${'a' | 'b'}-${OfEither}`
  | Exclude<Effect['do'], Untold>;

/** In the order in which a call comes by them. */
export const STEP_EVENTS: Readonly<Record<StepEvent, string>> = {
  'a-invited': 'The caller sent an INVITE that began this call.',
  'trying-a': 'We answered it with 100 Trying.',
  marked: 'Something about the call was odd and was lived with; `why` names the marks.',
  'a-joined': 'The same INVITE came by another way and was joined to this call.',
  'invite-b': 'We sent an INVITE to a gateway; `attempt` counts the tries of this call.',
  'b-trying': 'The gateway answered 100: it is there, and nobody rings yet.',
  'b-ringing': 'The gateway sent a provisional response from 101 to 199.',
  'ring-a': 'We passed a provisional response on to the caller.',
  'b-answered': 'The gateway answered with a 2xx.',
  'answer-a': 'We answered the caller with a 2xx; its Contact is where the call moves to.',
  'a-acknowledged': 'The caller sent its ACK; `local` tells whether it came to A or to U.',
  'a-unacknowledged': 'No ACK came for our 2xx in the time that RFC 3261 allows.',
  'ack-b': 'We sent the ACK to the gateway.',
  'b-refused': 'The gateway refused with 300 or more, was silent, or could not be reached (`why`).',
  announce: 'We had the caller spoken to; `why` names the prompt.',
  hush: 'We had the caller spoken to no more.',
  'a-cancelled': 'The caller gave up before an answer.',
  'cancel-b': 'We cancelled a try at a gateway.',
  'reject-a': 'We refused the caller with a final response of 300 or more.',
  'b-joins': 'A gateway sent an INVITE with Replaces: it wants the place of the one that talks.',
  'accept-b': 'We answered that INVITE: the caller has agreed to its offer.',
  'reject-b': 'We refused that INVITE.',
  'a-asked':
    'The caller sent a request that crosses to the gateway: within the dialog, or a MESSAGE.',
  'b-asked': 'The gateway sent a request within the dialog that crosses to the caller.',
  ask: 'We passed that request on to the other side, or asked something of our own: a transfer has a re-INVITE for the caller and a NOTIFY for who wanted it.',
  'a-retracted': 'The caller cancelled its re-INVITE before it was answered.',
  'b-retracted': 'The gateway cancelled its re-INVITE before it was answered.',
  retract: 'We cancelled the re-INVITE on the other side, once that side had said anything to it.',
  'a-replied': 'The caller answered a request that crossed to it, or sent a provisional.',
  'b-replied': 'The gateway answered a request that crossed to it, or sent a provisional.',
  reply: 'We passed the answer back to the side that had asked.',
  'a-confirmed': 'The caller sent the ACK of our 2xx to its re-INVITE.',
  'b-confirmed': 'The gateway sent the ACK of our 2xx to its re-INVITE.',
  confirm: 'We sent the ACK of a 2xx to our re-INVITE.',
  'a-unconfirmed': "No ACK came for our 2xx to the caller's re-INVITE.",
  'b-unconfirmed': "No ACK came for our 2xx to the gateway's re-INVITE.",
  'a-declined': 'The caller sent a request inside the dialog that we do not take.',
  'b-declined': 'The gateway sent a request inside the dialog that we do not take.',
  'a-hung-up': 'The caller sent a BYE.',
  'b-hung-up': 'The gateway sent a BYE.',
  'a-expired':
    'The caller does not keep its session alive: no answer to a refresh (`why` is 408), it knows no call (481), or it owed one. An emergency call goes on.',
  'b-expired': 'The gateway does not keep its session alive, as above.',
  'media-failed':
    "The caller's offer could not be anchored, and an ordinary call does not go on without.",
  'b-lost': 'What carried the leg to the gateway is gone (`why`); the caller is hung up.',
  'bye-a': 'We sent a BYE to the caller.',
  'bye-b': 'We sent a BYE to the gateway.',
  end: 'The call is over for the caller, and its record is written; `why` holds reason and fault.',
  ignore: 'Something came that this call did not want any more; `why` names it and the state.',
};

export const STEP_FIELDS: Readonly<Record<keyof Step, string>> = {
  at: 'When, in Unix milliseconds; `time` says it as text.',
  callId: 'Our own name of the call, `<site>-<dialog>`: the same in every step and in the record.',
  site: 'The site that wrote the line.',
  leg: '`a` is the leg of the one who sent us the INVITE, `b` the leg of the one who got ours.',
  event: 'What happened; see above.',
  message: 'What stood on the wire: a method, or a status with its phrase. Absent: nothing did.',
  direction: '`in`: it came to us; `out`: we sent it.',
  local: 'Our own address and port.',
  remote: 'The address and port of the far end.',
  through:
    'The other site that received the message and carried it here, or that sends our response. Absent: it is this one.',
  attempt: 'Which try at a gateway this belongs to, from 1.',
  gateway: 'The configured name of that gateway.',
  engine: 'Which engine carries leg b: `builtin` or `drachtio`. Absent where the site has one.',
  contact: 'The Contact that the message named, ours or theirs.',
  why: 'More about it, where there is more.',
};
