import { setTimeout as pause } from 'node:timers/promises';
import type { CallerType } from './caller-words.ts';
import {
  answeredFromA,
  crossed,
  ends,
  fromWhereAsked,
  legsB,
  noneLeft,
  notRepeated,
  oneLivingLeg,
  wentInFragments,
} from './checks.ts';
import { largeInvite } from './large-invite.ts';
import { askWhileItRings, beRefused, cancelled, cancelRinging, talk, talked } from './plays.ts';
import type { Row, Take } from './row.ts';
import type { RouteRule, ScriptStep } from './transit-link.ts';

/** A route that is at one site but for what the script names. */
export const scripted = (to: number, ...script: readonly ScriptStep[]): RouteRule => ({
  to,
  script,
});

/** A TCP connection that one segment leaves is gone: what follows goes the same way. */
export const stray = (caller: CallerType, kind: string, to: number, nth?: number): ScriptStep => ({
  kind,
  to,
  ...(nth === undefined ? {} : { nth }),
  ...(caller === 'T' ? { stays: true } : {}),
});

export const onlyUdp = (why: string) => (caller: CallerType) => (caller === 'T' ? why : undefined);

/** Rows of the flap matrix up to the first final answer. */
export const FIRST_ROWS: readonly Row[] = [
  {
    id: 'F0',
    says: 'the route moves before the INVITE',
    takes: ({ a, b }) => [placed('first', { to: a }), placed('other', { to: b })],
  },
  {
    id: 'F1',
    says: 'the route moves between the fragments of the INVITE',
    notFor: () => 'nothing above IP can put them together again',
    takes: () => [],
  },
  {
    id: 'F1b',
    says: 'ECMP brings the fragmented INVITE to one site and what is small to another',
    notFor: onlyUdp('TCP has no fragments'),
    takes: ({ a, b }) => [
      inFragments(cancelTake('cancel', largeAt(a, b))),
      inFragments(busyTake('busy', largeAt(a, b))),
    ],
  },
  {
    id: 'F2',
    says: 'the INVITE sent again reaches another site',
    notFor: onlyUdp('nothing is sent again over TCP'),
    takes: ({ a, b }) => [
      {
        name: 'again',
        dialled: 'answer-1800',
        route: scripted(a, { kind: 'INVITE', nth: 1, to: a }, { kind: 'INVITE', to: b }),
        caller: { insists: true },
        play: talk(),
        must: talked(),
      },
    ],
  },
  {
    id: 'F2a',
    says: 'a second INVITE reaches another site while the first one already dials',
    notFor: onlyUdp('nothing comes twice over TCP'),
    takes: ({ a, b }) => [0, 20, 60].map((gapMs) => doubled(a, b, gapMs)),
  },
  {
    id: 'F2b',
    says: 'the INVITE with credentials reaches another site',
    notFor: () => 'authentication is not built',
    takes: () => [],
  },
  {
    id: 'F2c',
    says: 'callers are redirected by 302',
    notFor: () => 'redirecting is not built',
    takes: () => [],
  },
  {
    id: 'F3',
    says: 'CANCEL reaches another site while it rings',
    takes: ({ a, b }, caller) => [cancelTake('cancel', scripted(a, stray(caller, 'CANCEL', b)))],
  },
  {
    id: 'F3o',
    says: 'CANCEL overtakes its INVITE and reaches another site',
    notFor: onlyUdp('nothing overtakes over TCP'),
    takes: ({ a, b }) => [overtaken(a, b)],
  },
  {
    id: 'F4',
    says: 'PRACK reaches another site',
    takes: ({ a, b }, caller) => [
      {
        ...early('PRACK', scripted(a, stray(caller, 'PRACK', b))),
        caller: { ringsReliably: true },
      },
    ],
  },
  {
    id: 'F5',
    says: 'an UPDATE before the answer reaches another site',
    takes: ({ a, b }, caller) => [early('UPDATE', scripted(a, stray(caller, 'UPDATE', b)))],
  },
  {
    id: 'F6',
    says: 'the ACK of a refusal reaches another site',
    takes: ({ a, b }, caller) => [busyTake('busy', scripted(a, stray(caller, 'ACK', b)))],
  },
];

function placed(name: string, route: RouteRule): Take {
  return { name, dialled: 'answer-300', route, play: talk(), must: talked() };
}

function early(method: string, route: RouteRule): Take {
  const must = [...talked(3), ends(`2 ${method}`, 200), crossed(method)];
  return { name: method, dialled: 'early-1200', route, play: askWhileItRings(method), must };
}

const largeAt = (a: number, b: number) => scripted(b, { kind: 'INVITE', to: a });

const inFragments = (take: Take): Take => ({
  ...take,
  caller: { body: largeInvite() },
  must: [wentInFragments, ...take.must],
});

function cancelTake(name: string, route: RouteRule): Take {
  const must = [...cancelled, answeredFromA('1 INVITE')];
  return { name, dialled: 'ring', route, play: cancelRinging(), must };
}

export function busyTake(name: string, route: RouteRule, repeatsMax = 2): Take {
  const must = [
    legsB(1),
    ends('1 INVITE', 486),
    notRepeated('1 INVITE', repeatsMax),
    fromWhereAsked,
    noneLeft,
  ];
  return { name, dialled: 'busy', route, play: beRefused, must };
}

function doubled(a: number, b: number, gapMs: number): Take {
  return {
    name: `${gapMs} ms`,
    dialled: 'answer-2500',
    route: scripted(a, { kind: 'INVITE', nth: 1, to: a, also: [{ to: b, afterMs: gapMs }] }),
    play: talk(),
    must: [oneLivingLeg, ends('1 INVITE', 200), ends('2 BYE', 200), fromWhereAsked, noneLeft],
  };
}

function overtaken(a: number, b: number): Take {
  return {
    name: 'late INVITE',
    dialled: 'ring',
    route: scripted(a, { kind: 'CANCEL', to: b }),
    async play(caller) {
      caller.cancel();
      await pause(400);
      caller.invite();
      await caller.final('INVITE', 2000);
    },
    must: [legsB(0), ends('1 CANCEL', 200, 481), ends('1 INVITE', 487), noneLeft],
  };
}
