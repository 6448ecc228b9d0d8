import { describe, expect, test } from '@jest/globals';
import { parseRecord } from '../../../../lib/observe/read/parse-story.ts';
import { recordView } from '../../../../lib/observe/read/record-view.ts';
import { someRecord } from '../some-call.ts';

const plain = (_: unknown, text: string) => text;

describe('a record for reading', () => {
  test('names the marks of a call, and is silent where there are none', () => {
    const marked = recordView({ ...someRecord(), marks: ['over-rate', 'scanner-agent'] }, plain);
    expect(marked).toMatch(/^ {2}marks +over-rate, scanner-agent$/m);
    expect(recordView({ ...someRecord(), marks: [] }, plain)).not.toContain('marks');
    expect(recordView(someRecord(), plain)).not.toContain('marks');
  });

  test('names the other sites that messages of a call came to', () => {
    const carried = recordView(someRecord({ through: ['got', 'mal'] }), plain);
    expect(carried).toMatch(/^ {2}through +got, mal$/m);
    expect(recordView(someRecord(), plain)).not.toContain('through');
    expect(parseRecord({ ...someRecord(), through: ['got'] })).toBeDefined();
    expect(parseRecord({ ...someRecord(), through: 'got' })).toBeUndefined();
  });

  test('is one of an older node too, which knew no marks; marks that are no texts are none', () => {
    expect(parseRecord(someRecord())).toBeDefined();
    expect(parseRecord({ ...someRecord(), marks: ['over-rate'] })).toBeDefined();
    expect(parseRecord({ ...someRecord(), marks: [1] })).toBeUndefined();
    expect(parseRecord({ ...someRecord(), marks: 'over-rate' })).toBeUndefined();
  });
});
