import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { statesDocument } from '../../../scripts/states-doc.ts';

const PAGE = path.join(__dirname, '..', '..', '..', 'docs', 'STATES.md');

test('docs/STATES.md is what `npm run docs` makes of the code', () => {
  expect(readFileSync(PAGE, 'utf8')).toBe(statesDocument());
});

test('docs/STATES.md shows every state', () => {
  const text = statesDocument();
  for (const state of ['dialing', 'answering', 'talking', 'ended']) {
    expect(text).toContain(`## ${state}`);
  }
});
