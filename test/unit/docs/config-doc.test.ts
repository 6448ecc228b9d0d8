import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Format } from '../../../config/formats.ts';
import { LISTENER } from '../../../config/items.ts';
import { environmentName, leaves } from '../../../config/schema.ts';
import { configDocument, ENTRIES, EXAMPLES } from '../../../scripts/config-doc.ts';

const { listen, ...lists } = { ...ENTRIES, listen: LISTENER };
const fields = Object.entries({ ...lists, listen })
  .filter(([list]) => !list.startsWith('listen.'))
  .flatMap(([list, entry]) =>
    Object.entries(entry).map(([key, { reads }]): [string, Format<unknown>] => [
      `${list}[].${key}`,
      reads,
    ]),
  );
const keys = leaves().map(({ path, leaf }): [string, Format<unknown>] => [
  path.join('.'),
  leaf.reads,
]);

describe('docs/CONFIG.md', () => {
  test('is what the schema says: npm run docs makes it anew', () => {
    expect(readFileSync('docs/CONFIG.md', 'utf8')).toBe(configDocument());
  });

  test('names the variable of every key', () => {
    const text = configDocument();
    for (const { path } of leaves()) expect(text).toContain(`\`${environmentName(path)}\``);
  });

  test.each([...keys, ...fields])('the example of %s is right', (key, format) => {
    expect([key, format.read(EXAMPLES[key]).kind]).toEqual([key, 'good']);
  });

  test('has no example of a key that there is not', () => {
    const known = [...keys, ...fields].map(([key]) => key);
    expect(Object.keys(EXAMPLES).filter((key) => !known.includes(key))).toEqual([]);
  });

  test('its examples are YAML that means what they say', () => {
    const written = [...configDocument().matchAll(/^- example: `(.*)`$/gm)].map(([, yaml]) => yaml);
    expect(written).toHaveLength(keys.length);
    for (const [index, { path }] of leaves().entries()) {
      const value = path.reduce<unknown>(
        (map, part) => (typeof map === 'object' && map !== null ? Reflect.get(map, part) : map),
        parse(written[index] ?? ''),
      );
      expect([path, value]).toEqual([path, EXAMPLES[path.join('.')]]);
    }
  });
});
