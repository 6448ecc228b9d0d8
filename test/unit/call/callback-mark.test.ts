import { expect, test } from '@jest/globals';
import {
  isMarkedAsCallback,
  markedAsCallback,
  withoutCallbackMark,
} from '../../../lib/call/callback-mark.ts';
import { header } from '../../../lib/sip/header-names.ts';

const SUBJECT = header('Subject', 'x');
const MARK = header('Priority', 'psap-callback');

test.each([
  ['psap-callback', true],
  [' PSAP-Callback ', true],
  ['emergency', false],
  ['psap-callback-2', false],
])('Priority: %s', (value, isMarked) => {
  expect(isMarkedAsCallback([SUBJECT, header('priority', value)])).toBe(isMarked);
});

test('the mark takes the place of any other priority, since a call has one', () => {
  expect(markedAsCallback([header('Priority', 'normal'), SUBJECT])).toEqual([SUBJECT, MARK]);
  expect(markedAsCallback([SUBJECT])).toEqual([SUBJECT, MARK]);
  const marked = [MARK, SUBJECT];
  expect(markedAsCallback(marked)).toBe(marked);
});

test('what is taken back is the mark alone', () => {
  expect(withoutCallbackMark([MARK, SUBJECT])).toEqual([SUBJECT]);
  const urgent = [header('Priority', 'emergency'), SUBJECT];
  expect(withoutCallbackMark(urgent)).toBe(urgent);
});
