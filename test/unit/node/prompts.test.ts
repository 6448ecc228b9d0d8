import { describe, expect, test } from '@jest/globals';
import { promptsFor } from '../../../lib/node/prompts.ts';
import { header } from '../../../lib/sip/header-names.ts';

const PROMPTS = [
  { language: 'sv', hunting: 'sv/wait', failed: 'sv/failed' },
  { language: 'en', failed: 'en/failed' },
  { group: 'psap', language: 'sv', failed: 'psap/failed' },
];
const asks = (language: string) => [header('Accept-Language', language)];

describe('what a caller may hear', () => {
  test('is that of its group, else that of all', () => {
    expect(promptsFor(PROMPTS, 'psap', [])).toEqual({ hunting: undefined, failed: 'psap/failed' });
    expect(promptsFor(PROMPTS, 'office', [])).toEqual({ hunting: 'sv/wait', failed: 'sv/failed' });
    expect(promptsFor(PROMPTS, undefined, [])?.failed).toBe('sv/failed');
  });

  test('is in the language it asks for, else in the first', () => {
    expect(promptsFor(PROMPTS, 'office', asks('en-US'))?.failed).toBe('en/failed');
    expect(promptsFor(PROMPTS, 'office', asks('fi'))?.failed).toBe('sv/failed');
  });

  test('is nothing where there are no prompts for it', () => {
    expect(promptsFor([], 'psap', [])).toBeUndefined();
    expect(promptsFor(PROMPTS.slice(2), 'office', [])).toBeUndefined();
  });
});
