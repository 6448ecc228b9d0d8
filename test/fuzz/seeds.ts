import { RFC_4475 } from '../torture/rfc4475.ts';
import { CORPUS } from '../unit/sip/leniency-corpus.ts';
import { inviteText, RESPONSE } from '../unit/sip/sample.ts';

/** Messages that somebody once wrote by hand: the torture tests, and what callers get wrong. */
export const SEEDS: readonly string[] = [
  RESPONSE,
  ...RFC_4475.map(({ bytes }) => bytes.toString('latin1')),
  ...CORPUS.map(([, change]) => inviteText(change)),
];
