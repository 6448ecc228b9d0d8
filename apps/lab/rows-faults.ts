import { setTimeout as pause } from 'node:timers/promises';
import type { CallerType } from './caller-words.ts';
import { calledWithin, ends, legsB, noneLeft, oneLivingAtCancel } from './checks.ts';
import { cancelled, cancelRinging, hears180, talk, talked } from './plays.ts';
import type { Row } from './row.ts';
import { onlyUdp, scripted, stray } from './rows-first.ts';

/** The last site of a lab of three has a clock that is wrong by so much. */
export const SKEW_MS = 3_600_000;
export const skewedSite = (sites: number) => (sites >= 3 ? 3 : undefined);

/** Less than a question costs that Redis does not answer, more than a busy machine takes. */
const UNHURRIED_MS = 400;

const honours = (caller: CallerType) =>
  caller === 'H' ? undefined : 'only who honours Contact can do without the links';

const FORGED = '<sip:112@example.org>;tag=v1k1.ae.aaaaaaa.aaaaaaaa.aaaaaaaaaaaaaaaa';

/** Rows of the flap matrix where something around the calls is out of order. */
export const FAULT_ROWS: readonly Row[] = [
  {
    id: 'X1',
    says: 'the Redis of a site hangs',
    phase: 'hangs',
    takes: ({ a, b }, caller) => [
      {
        name: 'BYE',
        dialled: 'answer-300',
        route: scripted(a, stray(caller, 'BYE', b)),
        play: talk(),
        must: [...talked(), calledWithin(UNHURRIED_MS)],
      },
      {
        name: 'CANCEL',
        dialled: 'ring',
        route: scripted(a, stray(caller, 'CANCEL', b)),
        play: cancelRinging(),
        must: [...cancelled, calledWithin(UNHURRIED_MS)],
      },
    ],
  },
  {
    id: 'X2',
    says: 'no site reaches another one',
    phase: 'cut',
    notFor: honours,
    takes: ({ a, b }) => [
      {
        name: 'talk',
        dialled: 'answer-300',
        route: scripted(b, { kind: 'INVITE', to: a }),
        play: talk(),
        must: talked(),
      },
    ],
  },
  {
    id: 'X3',
    says: 'two sites that cannot reach each other get the same INVITE, and then they can',
    phase: 'heals',
    notFor: onlyUdp('nothing comes twice over TCP'),
    takes: ({ a, b }) => [
      {
        name: 'split',
        dialled: 'ring',
        route: scripted(a, { kind: 'INVITE', nth: 1, to: a, also: [{ to: b, afterMs: 0 }] }),
        async play(one, stage) {
          one.invite();
          await hears180(one);
          await stage.heal();
          await pause(2500);
          one.cancel();
          await Promise.all([one.final('CANCEL'), one.final('INVITE')]);
        },
        must: [oneLivingAtCancel, ends('1 CANCEL', 200), ends('1 INVITE', 487), noneLeft],
      },
    ],
  },
  {
    id: 'X4',
    says: 'a request of a call that is over reaches another site, and goes nowhere from there',
    takes: ({ a, b }, caller) => [
      {
        name: 'second BYE',
        dialled: 'answer-300',
        route: scripted(a, stray(caller, 'BYE', b, 2)),
        async play(one) {
          await talk()(one);
          one.request('BYE');
          await one.final('BYE');
        },
        must: [...talked(), ends('3 BYE', 481)],
      },
    ],
  },
  {
    id: 'X5',
    says: 'a token that none of us made moves nothing',
    takes: ({ a, b }, caller) => [
      {
        name: 'forged',
        dialled: 'answer-300',
        route: caller === 'T' ? { to: a } : scripted(a, { kind: 'BYE', nth: 2, to: b }),
        async play(one) {
          one.invite();
          await one.final('INVITE');
          for (const _ of ['at the owner', 'elsewhere']) {
            one.request('BYE', FORGED);
            await one.final('BYE');
          }
          one.request('BYE');
          await one.final('BYE');
        },
        must: [legsB(1), ends('2 BYE', 481), ends('3 BYE', 481), ends('4 BYE', 200), noneLeft],
      },
    ],
  },
  {
    id: 'X6',
    says: 'the clock of the owner is an hour ahead',
    notFor: (_, sites) => (skewedSite(sites) === undefined ? 'needs a third site' : undefined),
    takes: ({ a, c }, caller) => [
      {
        name: 'BYE',
        dialled: 'answer-300',
        route: scripted(c, stray(caller, 'BYE', a)),
        play: talk(),
        must: talked(),
      },
      {
        name: 'CANCEL',
        dialled: 'ring',
        route: scripted(c, stray(caller, 'CANCEL', a)),
        play: cancelRinging(),
        must: cancelled,
      },
    ],
  },
  {
    id: 'X9',
    says: 'a site that has just started gets the CANCEL of a call from before',
    phase: 'restarts',
    notStill: 'the calls are those of the site that starts again',
    takes: ({ a, c }, caller) => [
      {
        name: 'CANCEL',
        dialled: 'ring',
        route: scripted(a, stray(caller, 'CANCEL', c)),
        async play(one, stage) {
          one.invite();
          await hears180(one);
          await stage.restart(c);
          one.cancel();
          await Promise.all([one.final('CANCEL'), one.final('INVITE')]);
        },
        must: cancelled,
      },
    ],
  },
];
