import type { Mutant } from './mutant.ts';

/** A gateway calls outwards in one world of four. */
const seed = 4;

/** Slips in what becomes of calls that come from inside, which no other call would show. */
export const OUTWARDS_MUTANTS: readonly Mutant[] = [
  {
    name: 'a callee who is called back and refuses is called again by the next carrier',
    promise: 'P4',
    seed,
    file: 'lib/node/judge.ts',
    line: "return emergency && gateway === undefined ? 'any' : (group?.failoverOn ?? []);",
    becomes: "return emergency ? 'any' : (group?.failoverOn ?? []);",
  },
  {
    name: 'a callback loses its mark on its way out',
    promise: 'P13',
    seed,
    file: 'lib/node/outwards.ts',
    line: 'if (gateway === undefined) return withoutCallbackMark(crossed);',
    becomes: 'return withoutCallbackMark(crossed);',
  },
  {
    name: 'a callback is a call as any other',
    promise: 'P13',
    seed,
    file: 'lib/node/admission.ts',
    line: 'if (gateway !== undefined && isMarkedAsCallback(request.headers)) return true;',
    becomes: '',
  },
  {
    name: 'whoever is outside may say that it calls back',
    promise: 'P13',
    file: 'lib/node/outwards.ts',
    line: 'if (gateway === undefined) return withoutCallbackMark(crossed);',
    becomes: 'if (gateway === undefined) return crossed;',
  },
  {
    name: 'a call outwards leaves from the side of the gateways',
    promise: 'P12',
    seed,
    file: 'lib/node/carry-out.ts',
    line: 'const ours = call.fromGateway === undefined ? hands.sides.inside : hands.sides.outside;',
    becomes: 'const ours = hands.sides.inside;',
  },
];
