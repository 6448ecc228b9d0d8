import type { Mutant } from './mutant.ts';

/** Slips in how provisional responses are acknowledged. */
export const RELIABLE_MUTANTS: readonly Mutant[] = [
  {
    name: 'what a gateway rings reliably is not acknowledged',
    promise: 'gateway',
    file: 'lib/engine/builtin/leg-b.ts',
    line: 'acknowledgeEarly(core, entry, entry.rack);',
    becomes: 'void acknowledgeEarly;',
  },
  {
    name: 'a 2xx does not wait for the PRACK before it',
    promise: 'P12',
    file: 'lib/engine/builtin/reliable.ts',
    line: "return unacked.said.body !== '' && unacked.said.tag === response.tag;",
    becomes: 'return false;',
  },
  {
    name: 'a sketch of an offer is told as if it were one',
    promise: 'P12',
    file: 'lib/call/states/dialing.ts',
    line: "return asked.body === '' && asked.ringsReliably && isOffer !== true;",
    becomes: 'void asked, isOffer;',
  },
  {
    name: 'numbers of what is rung reliably stand still',
    promise: 'caller',
    file: 'lib/engine/builtin/reliable.ts',
    line: 'reliable.rseq += 1;',
    becomes: 'reliable.rseq += 2;',
  },
];
