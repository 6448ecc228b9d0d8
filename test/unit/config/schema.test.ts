import { describe, expect, test } from '@jest/globals';
import { type Fields, GATEWAY, GROUP, LISTENER, ROUTE } from '../../../config/items.ts';
import { layered } from '../../../config/layered.ts';
import { FREESWITCH, PROMPT, RTPENGINE } from '../../../config/media-items.ts';
import { environmentName, leaves } from '../../../config/schema.ts';
import { TRUNK } from '../../../config/trunk-items.ts';

const LISTS: Readonly<Record<string, Fields>> = {
  LISTENER,
  GATEWAY,
  GROUP,
  ROUTE,
  RTPENGINE,
  FREESWITCH,
  PROMPT,
  TRUNK,
};

describe('the schema', () => {
  test.each(leaves().map(({ path, leaf }) => [path.join('.'), leaf.doc]))(
    '%s is documented by a sentence',
    (_key, doc) => {
      expect(doc).toMatch(/^[A-Za-z].{20,}\.$/);
    },
  );

  test.each(Object.entries(LISTS))('each key of a %s is documented', (_name, fields) => {
    for (const { doc } of Object.values(fields)) expect(doc).toMatch(/^[A-Za-z].{10,}\.$/);
  });

  test('has defaults that are of their own formats', () => {
    for (const { path, leaf } of leaves())
      if (leaf.default !== null)
        expect([path.join('.'), leaf.reads.read(leaf.default).kind]).toEqual([
          path.join('.'),
          'good',
        ]);
  });

  test('has one format to a name, as convict keeps them by name', () => {
    const byName = new Map(leaves().map(({ leaf }) => [leaf.format, leaf.reads]));

    for (const { leaf } of leaves())
      for (const value of [1, 'udp', './x', 70_000, [], null])
        expect([leaf.format, byName.get(leaf.format)?.read(value)]).toEqual([
          leaf.format,
          leaf.reads.read(value),
        ]);
  });

  test('names variables after keys', () => {
    expect(environmentName(['hunt', 'attemptMsMin'])).toBe('LANDFALL_HUNT_ATTEMPT_MS_MIN');
    expect(environmentName(['site'])).toBe('LANDFALL_SITE');
  });

  test('is never satisfied by defaults alone: a site has to be described', () => {
    expect(() => layered([]).assertValid()).toThrow(/^site: /);
  });

  test('is laid out so that no text is turned into a number behind our back', () => {
    const at = leaves().find(({ path }) => path.join('.') === 'callsMax');
    if (at === undefined) throw new Error('callsMax is gone');

    const { values } = layered([{ at, value: '5060abc', source: undefined }]);

    expect(values.callsMax).toBe('5060abc');
  });
});
