import { describe, expect, test } from '@jest/globals';
import { header } from '../../../lib/sip/header-names.ts';
import {
  rackHeader,
  rackOf,
  reliabilityOf,
  reliableHeaders,
  rseqOf,
} from '../../../lib/sip/rel100.ts';

describe('provisional responses that are acknowledged', () => {
  test.each([
    ['no', []],
    ['no', [header('Supported', 'timer, replaces')]],
    ['supported', [header('Supported', 'timer,100REL')]],
    ['required', [header('Supported', '100rel'), header('Require', 'precondition, 100rel')]],
  ])('are %s to a caller as it says [3262-3]', (reliability, headers) => {
    expect(reliabilityOf(headers)).toBe(reliability);
  });

  test('bear a number from 1 to 2**32 - 1, and the option tag that makes it one [3262-7.1]', () => {
    expect(rseqOf(reliableHeaders(4711))).toBe(4711);
    expect(rseqOf([header('RSeq', '4711')])).toBeUndefined();
    for (const text of ['0', '-1', 'x', '', '4294967296', '1 2'])
      expect(rseqOf([header('Require', '100rel'), header('RSeq', text)])).toBeUndefined();
    expect(rseqOf([header('Require', '100rel'), header('RSeq', '4294967295')])).toBe(2 ** 32 - 1);
  });

  test('are named by their own number, that of the INVITE, and its method [3262-7.2]', () => {
    const rack = { rseq: 776656, cseq: 1, method: 'INVITE' };
    expect(rackOf([rackHeader(rack)])).toEqual(rack);
    expect(rackOf([header('RAck', ' 776656   1  INVITE ')])).toEqual(rack);
    for (const text of ['', '1 INVITE', '0 1 INVITE', '1 x INVITE', '1 1 INVITE x'])
      expect(rackOf([header('RAck', text)])).toBeUndefined();
  });
});
