import { monoMs, NO_OCTETS } from '../lib/base/brands.ts';
import type { Effect } from '../lib/call/effects.ts';
import type { CallEvent, TimerName } from '../lib/call/events.ts';
import type { CallState, DialogName, Side } from '../lib/call/state.ts';
import { step } from '../lib/call/step.ts';
import { header } from '../lib/sip/header-names.ts';
import { requestId, tagOf } from '../lib/sip/ids.ts';
import {
  aCall,
  answered,
  type Driven,
  empty,
  type Happening,
  refused,
  ringing,
  SOME_SDP,
  target,
} from '../test/support/call-core.ts';

type Scene = { readonly what: string; readonly call: Driven };
type Row = { readonly what: string; readonly happening: Happening };

const timeout = (name: TimerName): Happening => ({
  on: 'timer',
  name,
});
const trying = (attempt: number): Happening => ({ on: 'b-trying', attempt });
const cancelled: Happening = { on: 'a-cancelled', ...empty };
const acknowledged: Happening = { on: 'a-acknowledged', door: 'unicast', ...empty };
const lateOffer = { ...aCall().state.facts.asked, body: NO_OCTETS };

const request = requestId('r1');
const dialogOf = (side: Side): DialogName =>
  side === 'a' ? { side, fork: 0 } : { side, attempt: 1, tag: tagOf('g1') };

const asks = (side: Side, method = 'INVITE'): Happening => ({
  on: 'asked',
  dialog: dialogOf(side),
  request,
  method,
  maxForwards: 70,
  door: side === 'a' ? 'unicast' : undefined,
  headers: [],
  body: SOME_SDP,
});

const replies = (side: Side, status: number): Happening => ({
  on: 'replied',
  dialog: dialogOf(side),
  request,
  status,
  reason: 'Said',
  headers: [],
  body: status === 200 ? SOME_SDP : NO_OCTETS,
});

const within = (side: Side, on: 'confirmed' | 'unconfirmed' | 'retracted'): Row => ({
  what: side === 'a' ? ' by the caller' : ' by the gateway',
  happening: { on, dialog: dialogOf(side), request, headers: [], body: NO_OCTETS },
});

const joining = (attempt: number, of: number): Happening => ({
  on: 'b-joins',
  attempt,
  tag: tagOf('joined'),
  from: target(attempt),
  replaces: { attempt: of, tag: tagOf(`g${of}`) },
  isEarlyOnly: false,
  headers: [],
  body: SOME_SDP,
});

const refers = {
  ...asks('b', 'REFER'),
  leadsTo: target(2),
  headers: [header('Refer-To', '<sip:112@10.0.1.2>'), header('CSeq', '2 REFER')],
  body: NO_OCTETS,
} as Happening;

const transferring = () =>
  aCall({ transfers: 'execute' }, 1).after(answered(1)).after(acknowledged).after(refers);

/** The caller says that to our own re-INVITE. */
const repliesToOurs = (status: number): Happening =>
  ({ ...replies('a', status), request: requestId('placed2') }) as Happening;

const talkingTo1 = () => aCall().after(answered(1)).after(acknowledged);

/** At least one call in every state, and each kind of call that a state treats apart. */
const SCENES: readonly Scene[] = [
  { what: 'dialing, ordinary: gateway 1 is silent, 2 is next', call: aCall() },
  {
    what: 'dialing, ordinary: the last gateway has said 100, 1 fades',
    call: aCall().after(timeout('first-response'), 2000).after(trying(2)),
  },
  { what: 'dialing, ordinary: gateway 1 rings, 2 is next', call: aCall().after(ringing(1)) },
  { what: 'dialing, emergency: gateway 1 is silent, 2 is next', call: aCall({ emergency: true }) },
  {
    what: 'dialing, emergency: gateway 2 rings, 1 fades and is cancelled',
    call: aCall({ emergency: true }).after(timeout('first-response'), 2000).after(ringing(2)),
  },
  {
    what: 'dialing, emergency: all have had their turn, 1 fades and has said 100, 2 fades',
    call: aCall({ emergency: true })
      .after(trying(1))
      .after(timeout('progress'), 4010)
      .after(timeout('first-response'), 6010),
  },
  { what: 'answering, ordinary: gateway 1 has answered', call: aCall().after(answered(1)) },
  {
    what: 'answering, emergency: gateway 1 has answered',
    call: aCall({ emergency: true }).after(answered(1)),
  },
  {
    what: 'answering, late offer: gateway 1 has answered',
    call: aCall({ asked: lateOffer, emergency: true }).after(answered(1)),
  },
  {
    what: 'talking to gateway 2, 1 fades and is cancelled',
    call: aCall().after(timeout('first-response'), 2000).after(answered(2)).after(acknowledged),
  },
  {
    what: 'renegotiating: the caller asked, the gateway owes its answer',
    call: talkingTo1().after(asks('a')),
  },
  {
    what: 'renegotiating: the caller has taken it back, the gateway owes its last word',
    call: talkingTo1().after(asks('a')).after(within('a', 'retracted').happening),
  },
  {
    what: 'renegotiating: the gateway asked, the caller has answered, the ACK is owed',
    call: talkingTo1().after(asks('b')).after(replies('a', 200)),
  },
  {
    what: 'renegotiating: the caller asked, the gateway said 491',
    call: talkingTo1().after(asks('a')).after(replies('b', 491)),
  },
  {
    what: 'talking, where a REFER of a gateway is carried out: nobody has sent one',
    call: aCall({ transfers: 'execute' }, 1).after(answered(1)).after(acknowledged),
  },
  { what: 'transferring: gateway 1 wants gateway 2, which is silent', call: transferring() },
  {
    what: 'transferring: gateway 2 is silent, and gateway 1 has left',
    call: transferring().after({ on: 'b-hung-up', attempt: 1, tag: tagOf('g1'), ...empty }),
  },
  {
    what: 'transferring: gateway 2 has answered, the caller owes its answer',
    call: transferring().after(answered(2)),
  },
  {
    what: 'transferring: gateway 3 came to take the place of 1, the caller owes its answer',
    call: aCall({ transfers: 'execute' }, 2)
      .after(refused(1, 503))
      .after(answered(2))
      .after(acknowledged)
      .after(joining(3, 2)),
  },
  {
    what: 'ended, gateway 1 fades and is cancelled',
    call: aCall().after(ringing(1)).after(cancelled),
  },
  { what: 'ended, nothing fades', call: aCall({}, 1).after(refused(1, 486)) },
];

/** Each event, with the variants that make a difference; none can be left out. */
const EVENTS: Readonly<Record<CallEvent['on'], (call: CallState) => readonly Row[]>> = {
  'a-cancelled': () => [{ what: '', happening: cancelled }],
  'a-acknowledged': () => [
    { what: '', happening: { ...acknowledged, body: SOME_SDP } as Happening },
  ],
  'a-unacknowledged': () => [{ what: '', happening: { on: 'a-unacknowledged' } }],
  'a-hung-up': () => [{ what: '', happening: { on: 'a-hung-up', door: 'unicast', ...empty } }],
  'a-expired': () => [{ what: '', happening: { on: 'a-expired', status: 408 } }],
  'a-declined': () => [{ what: '', happening: { on: 'a-declined', door: 'unicast' } }],
  'b-trying': (call) => ofEach(call, trying),
  'b-ringing': (call) => ofEach(call, (attempt) => ringing(attempt)),
  'b-answered': (call) => [
    ...ofEach(call, (attempt) => answered(attempt)),
    ...ofEach(call, (attempt) => answered(attempt, 'another'), ', another callee'),
  ],
  'b-refused': (call) => [
    ...ofEach(call, (attempt) => refused(attempt, 486), ' with 486'),
    ...ofEach(call, (attempt) => refused(attempt, 503), ' with 503'),
  ],
  'b-hung-up': (call) =>
    ofEach(call, (attempt) => ({ on: 'b-hung-up', attempt, tag: tagOf(`g${attempt}`), ...empty })),
  'b-joins': ({ facts }) =>
    [1, 2].map((of) => ({
      what: of === 1 ? ' in the place of 1' : ' in that of another one',
      happening: joining(facts.attempts.length + 1, of),
    })),
  'media-failed': (call) => [
    {
      what: '',
      happening: { on: 'media-failed', attempt: call.facts.attempts.length, reason: '' },
    },
  ],
  announced: () => [{ what: '', happening: { on: 'announced', sdp: NO_OCTETS } }],
  'announcement-over': () => [{ what: '', happening: { on: 'announcement-over' } }],
  'b-expired': (call) =>
    ofEach(call, (attempt) => ({
      on: 'b-expired',
      attempt,
      tag: tagOf(`g${attempt}`),
      status: 408,
    })),
  'b-lost': (call) =>
    ofEach(call, (attempt) => ({ on: 'b-lost', attempt, tag: tagOf(`g${attempt}`) })),
  'b-declined': (call) => ofEach(call, (attempt) => ({ on: 'b-declined', attempt })),
  asked: () => [
    { what: ' by the caller, INVITE', happening: asks('a') },
    { what: ' by the gateway, INVITE', happening: asks('b') },
    { what: ' by the caller, INFO', happening: asks('a', 'INFO') },
    { what: ' by the gateway, REFER', happening: refers },
  ],
  retracted: () => (['a', 'b'] as const).map((side) => within(side, 'retracted')),
  replied: () => [
    { what: ' by the gateway, 180', happening: replies('b', 180) },
    { what: ' by the gateway, 200', happening: replies('b', 200) },
    { what: ' by the gateway, 488', happening: replies('b', 488) },
    { what: ' by the gateway, 491', happening: replies('b', 491) },
    { what: ' by the caller, 200', happening: replies('a', 200) },
    { what: ' by the caller to a re-INVITE of ours, 200', happening: repliesToOurs(200) },
    { what: ' by the caller to a re-INVITE of ours, 488', happening: repliesToOurs(488) },
  ],
  confirmed: () => (['a', 'b'] as const).map((side) => within(side, 'confirmed')),
  unconfirmed: () => (['a', 'b'] as const).map((side) => within(side, 'unconfirmed')),
  timer: () =>
    (['first-response', 'progress', 'ring', 'last-answer', 'glare', 'announcement'] as const).map(
      (name) => ({
        what: ` ${name}`,
        happening: timeout(name),
      }),
    ),
  yielded: () => [{ what: '', happening: { on: 'yielded' } }],
  shutdown: () => [{ what: '', happening: { on: 'shutdown' } }],
};

/** One row an attempt that the call has made. */
function ofEach(call: CallState, happening: (attempt: number) => Happening, more = ''): Row[] {
  return call.facts.attempts.map((_, place) => ({
    what: ` ${place + 1}${more}`,
    happening: happening(place + 1),
  }));
}

/** Every state and every event: what becomes of the call, and what is done. */
export function statesDocument(): string {
  const lines = [
    '# States of a call',
    '',
    'Made by `npm run docs` from `lib/call/step.ts`: each state is shown every event. A number after',
    'an event or an order is the attempt; *ignored* means that nothing changes and the story says so.',
    'The calls here have two gateways; gateway 2 comes after gateway 1.',
  ];
  for (const { what, call } of SCENES) {
    lines.push('', `## ${what}`, '', '| event | becomes | orders |', '|---|---|---|');
    for (const [name, rowsOf] of Object.entries(EVENTS)) {
      for (const row of rowsOf(call.state)) {
        lines.push(`| \`${name}${row.what}\` | ${outcomeOf(call.state, row.happening)} |`);
      }
    }
  }
  return `${lines.join('\n')}\n`;
}

/** Long after everything else, so that every timer may be due. */
const LATE_MS = 10_000;

function outcomeOf(before: CallState, happening: Happening): string {
  const event = { ...happening, at: monoMs(LATE_MS) } as CallEvent;
  const { state, effects } = step(before, event);
  if (effects.some((effect) => effect.do === 'ignore')) return '*ignored* | ';
  return `${nameOf(state)} | ${effects.map(wordsOf).join(', ')}`;
}

function nameOf(state: CallState): string {
  const fading = state.fading.map(({ number }) => number);
  const fades = fading.length === 0 ? '' : `, ${fading.join(' and ')} fading`;
  if (state.tag === 'ended') return `ended (${state.termination.reason})${fades}`;
  if (state.tag !== 'dialing') return `${state.tag}${fades}`;
  const { current } = state;
  const who = current === undefined ? 'nobody' : `${current.number} ${current.progress}`;
  return `dialing, ${who}${fades}`;
}

function wordsOf(effect: Effect): string {
  const what = 'status' in effect ? ` ${effect.status}` : '';
  const whom = 'attempt' in effect ? ` ${effect.attempt}` : '';
  switch (effect.do) {
    case 'set-timer':
      return `\`set-timer ${effect.name} ${effect.delayMs} ms\``;
    case 'note-gateway':
      return `\`note-gateway ${effect.gateway} ${effect.outcome}\``;
    case 'end':
      return `\`end ${effect.termination.reason}\``;
    default:
      return `\`${effect.do}${whom}${what}\``;
  }
}
