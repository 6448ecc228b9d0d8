import { describe, expect, test } from '@jest/globals';
import { header } from '../../../lib/sip/header-names.ts';
import { SUPPORTED, supportedIn, supports, unknownTags } from '../../../lib/sip/option-tags.ts';

describe('option tags', () => {
  test('The Supported header field enumerates all the extensions supported by the UAC or UAS. [3261-20.37]', () => {
    expect(SUPPORTED).toEqual(header('Supported', '100rel, timer'));
    expect(supportedIn({})).toEqual(header('Supported', 'timer'));
    expect(supportedIn({ mayRingReliably: true })).toEqual(SUPPORTED);
    expect(supportedIn({ mayBeReplaced: true })).toEqual(header('Supported', 'timer, replaces'));
    const headers = [header('k', '100rel , Timer'), header('Supported', 'path')];
    expect(supports(headers, 'timer')).toBe(true);
    expect(supports(headers, 'path')).toBe(true);
    expect(supports(headers, 'outbound')).toBe(false);
  });

  test('The Unsupported header field in the response MUST list those options the element does not understand amongst those in the Require header field of the request. [3261-8.2.2.3]', () => {
    const headers = [header('Require', 'foo, TIMER'), header('Require', 'bar')];
    expect(unknownTags(headers)).toEqual(['foo', 'bar']);
    expect(unknownTags([header('Require', 'timer')])).toEqual([]);
  });
});
