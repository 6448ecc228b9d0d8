import type { CallerType } from './caller-words.ts';
import {
  ackCrossed,
  answeredFromA,
  askedOfCaller,
  type Check,
  crossed,
  ends,
  fromWhereAsked,
  legsB,
  noneLeft,
  notRepeated,
  onlyA,
  resetAtOnce,
} from './checks.ts';
import {
  askAndHangUp,
  beAskedAndHangUp,
  beHungUpOn,
  cancelled,
  cancelRinging,
  hearsAsk,
  talk,
  talked,
} from './plays.ts';
import type { Row, Take } from './row.ts';
import { busyTake, onlyUdp, scripted, stray } from './rows-first.ts';
import type { RouteRule } from './transit-link.ts';

const only = (wanted: CallerType, why: string) => (caller: CallerType) =>
  caller === wanted ? undefined : why;

/** Rows of the flap matrix from the answer on. */
export const LATER_ROWS: readonly Row[] = [
  {
    id: 'F7',
    says: 'the ACK of the answer reaches another site',
    takes: ({ a, b }, caller) => [
      {
        name: 'ack',
        dialled: 'answer-300',
        route: scripted(a, stray(caller, 'ACK', b)),
        play: talk(2200),
        // TCP says a segment again until it is acknowledged, and nobody says an ACK again.
        must: [...talked(), ...(caller === 'T' ? [] : [notRepeated('1 INVITE')])],
      },
    ],
  },
  {
    id: 'F8',
    says: 'the 200 is sent again while the route is elsewhere',
    notFor: onlyUdp('T hears it on its connection'),
    takes: ({ a, b }) => [
      {
        name: 'deaf twice',
        dialled: 'answer-300',
        route: scripted(b, ...['INVITE', 'ACK', 'BYE'].map((kind) => ({ kind, to: a }))),
        caller: { deafTo: 2 },
        play: talk(2200),
        must: [...talked(), answeredFromA('1 INVITE')],
      },
    ],
  },
  {
    id: 'F9',
    says: 'a request within the call reaches another site',
    takes: ({ a, b }, caller) => [
      asking('re-INVITE', 'INVITE', scripted(a, stray(caller, 'INVITE', b, 2), ackOf(caller, b))),
      asking('INFO', 'INFO', scripted(a, stray(caller, 'INFO', b))),
    ],
  },
  {
    id: 'F9r',
    says: 'a REFER of the caller, and what it says when it is transferred, reach another site',
    takes: ({ a, b }, caller) => [
      { ...asking('REFER', 'REFER', scripted(a, stray(caller, 'REFER', b))), dialled: 'passes' },
      {
        name: 'transferred',
        dialled: 'refers-400',
        route: scripted(a, stray(caller, 'response', b)),
        play: beAskedAndHangUp('INVITE', 3000),
        must: [
          legsB(2),
          ends('1 INVITE', 200),
          ackCrossed,
          ends('2 BYE', 200),
          fromWhereAsked,
          askedOfCaller('INVITE'),
          noneLeft,
        ],
      },
    ],
  },
  {
    id: 'F10',
    says: 'the BYE of the caller reaches another site',
    takes: ({ a, b }, caller) => [
      {
        name: 'bye',
        dialled: 'answer-300',
        route: scripted(a, stray(caller, 'BYE', b)),
        play: talk(),
        must: talked(),
      },
    ],
  },
  {
    id: 'F11',
    says: 'what the caller answers to a request of ours reaches another site',
    takes: ({ a, b }, caller) => [
      hungUpOn('BYE', scripted(a, stray(caller, 'response', b))),
      {
        name: 're-INVITE',
        dialled: 'reinvites-400',
        route: scripted(a, stray(caller, 'response', b)),
        play: beAskedAndHangUp('INVITE', 2000),
        must: [...talked(), askedOfCaller('INVITE')],
      },
    ],
  },
  {
    id: 'F12',
    says: 'a TCP segment reaches another site, and the caller connects anew',
    notFor: only('T', 'only TCP has segments'),
    notStill: 'no segment strays',
    takes: ({ a, b }, caller) => [
      asking('INFO', 'INFO', scripted(a, stray(caller, 'INFO', b)), [resetAtOnce]),
    ],
  },
  {
    id: 'F13',
    says: 'a request of ours finds the caller on its connection to another site',
    notFor: only('T', 'only TCP has connections'),
    takes: ({ a, b }, caller) => [
      {
        name: 'BYE',
        dialled: 'hangs-up-2500',
        route: scripted(a, stray(caller, 'INFO', b)),
        async play(one) {
          one.invite();
          await one.final('INVITE');
          one.request('INFO');
          await hearsAsk(one, 'BYE', 6000);
        },
        must: [legsB(1), ends('1 INVITE', 200), askedOfCaller('BYE'), noneLeft],
      },
    ],
  },
  {
    id: 'F14',
    says: 'a caller whose firewall knows only A never needs another address',
    notFor: only('S', 'no firewall before it'),
    takes: ({ a }) => [
      asking('re-INVITE', 'INVITE', { to: a }, [onlyA]),
      { ...hungUpOn('BYE', { to: a }), must: [...hungUpOn('BYE', { to: a }).must, onlyA] },
    ],
  },
  {
    id: 'F15',
    says: 'OPTIONS without a call are answered by any site',
    takes: ({ a, b, c }, caller) => [
      {
        name: 'each site',
        dialled: 'ping',
        route: scripted(a, stray(caller, 'OPTIONS', b, 2), stray(caller, 'OPTIONS', c, 3)),
        async play(one) {
          for (const _ of ['a', 'b', 'c']) {
            one.request('OPTIONS');
            await one.final('OPTIONS');
          }
        },
        must: [2, 3, 4].map((number) => ends(`${number} OPTIONS`, 200)),
      },
    ],
  },
  {
    id: 'F16',
    says: 'the route moves after every packet',
    notFor: onlyUdp('no connection is ever made'),
    takes: ({ a, b, c }) => [
      ...everyKind('in turn, ', { cycle: [a, b, c] }),
      ...everyKind('drawn, ', { each: 'packet', seed: 16, among: [a, b, c] }),
    ],
  },
  {
    id: 'F17',
    says: 'the route moves away and back within one transaction',
    notFor: onlyUdp('nothing is sent again over TCP'),
    takes: ({ a, b }) => [
      {
        name: 'there and back',
        dialled: 'ring',
        route: scripted(a, { kind: 'INVITE', nth: 2, to: b }, { kind: 'CANCEL', to: b }),
        caller: { insists: true },
        play: cancelRinging(1800),
        must: cancelled,
      },
    ],
  },
];

/** Where a re-INVITE strays, so does its ACK. */
const ackOf = (caller: CallerType, to: number) => stray(caller, 'ACK', to, 2);

function asking(name: string, method: string, route: RouteRule, more: readonly Check[] = []): Take {
  return {
    name,
    dialled: 'answer-300',
    route,
    play: askAndHangUp(method),
    must: [...talked(3), ends(`2 ${method}`, 200), crossed(method), ...more],
  };
}

function hungUpOn(name: string, route: RouteRule, repeatsMax = 2): Take {
  return {
    name,
    dialled: 'hangs-up-500',
    route,
    play: beHungUpOn,
    must: [
      legsB(1),
      ends('1 INVITE', 200),
      askedOfCaller('BYE', repeatsMax),
      fromWhereAsked,
      noneLeft,
    ],
  };
}

/** How patient the calls are that are played where packets get lost. */
export type Patience = {
  /** How often an answer may come. */
  readonly repeatsMax: number;
  /** A re-INVITE before the ACK has come through is refused, and rightly so. */
  readonly reInviteAfterMs: number;
};

const IN_A_HURRY: Patience = { repeatsMax: 2, reInviteAfterMs: 200 };

/** A call of each kind. */
export function everyKind(how: string, route: RouteRule, patience = IN_A_HURRY): readonly Take[] {
  const { repeatsMax, reInviteAfterMs } = patience;
  const named = (take: Take): Take => ({ ...take, name: `${how}${take.name}` });
  const play = askAndHangUp('INVITE', reInviteAfterMs);
  return [
    named({ name: 'talk', dialled: 'answer-300', route, play: talk(), must: talked() }),
    named({ name: 'cancel', dialled: 'ring', route, play: cancelRinging(), must: cancelled }),
    named(busyTake('busy', route, repeatsMax)),
    named({ ...asking('re-INVITE', 'INVITE', route), play }),
    named(hungUpOn('hung up on', route, repeatsMax)),
  ];
}
