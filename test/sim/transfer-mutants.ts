import type { Mutant } from './mutant.ts';

/** Calls are transferred in one world of four. */
const seed = 3;

/** Slips in what becomes of a call that is transferred, which no other call would show. */
export const TRANSFER_MUTANTS: readonly Mutant[] = [
  {
    name: 'a gateway that hangs up once its REFER is taken ends the call',
    promise: 'P12',
    seed,
    file: 'lib/call/states/transferring.ts',
    line: 'return transition({ ...state, hasLeft: true }, []);',
    becomes: 'return undefined;',
  },
  {
    name: 'who is replaced is not hung up',
    promise: 'transfer',
    seed,
    file: 'lib/call/states/transferring.ts',
    line: ": [{ do: 'bye-b', attempt: bridge.attempt, tag: bridge.tag, headers: [] }];",
    becomes: ': [];',
  },
  {
    name: 'a caller that has agreed to who is gone is left with nobody',
    promise: 'transfer',
    seed,
    file: 'lib/call/states/transferring.ts',
    line: "if (after.state.tag !== 'talking') return after;",
    becomes: 'if (after.state.tag !== undefined) return after;',
  },
  {
    name: 'glare of who is to have its caller back ends the call',
    promise: 'transfer',
    seed: 15,
    file: 'lib/call/states/transferring.ts',
    line: 'if (mayTakeTurn(state, status)) return takesTurn(state, true);',
    becomes: '',
  },
  {
    name: 'a gateway that is not to take over rings on',
    promise: 'P2',
    seed,
    file: 'lib/call/states/replacing.ts',
    line: 'if (invited !== undefined) return cancelAll([invited], []);',
    becomes: 'if (invited !== undefined) return { fading: [invited], effects: [] };',
  },
  {
    name: 'a gateway that takes over hears no answer of the caller',
    promise: 'transfer',
    seed,
    file: 'lib/call/states/replacing.ts',
    line: "if (by === 'placed') return { do: 'ack-b', attempt, tag, headers, body };",
    becomes: "if (by === 'placed') return { do: 'ack-b', attempt, tag, headers, body: NO_OCTETS };",
  },
  {
    name: 'an INVITE takes any place in the call, and not that of who talks',
    promise: 'transfer',
    seed,
    file: 'lib/node/referrals.ts',
    line: 'const of = { attempt: replaced, tag: found.tag };',
    becomes: 'const of = { attempt: replaced + 1, tag: found.tag };',
  },
  {
    name: 'the last NOTIFY leaves its subscription open',
    promise: 'gateway',
    seed,
    file: 'lib/call/refer-news.ts',
    line: 'const isOver = status >= 200;',
    becomes: 'const isOver = status > 200;',
  },
];
