import { describe, expect, test } from '@jest/globals';
import { doorways, fileNames, homes, marks, sizes, untestedClauses, walls } from './rules.ts';
import { readSource } from './source-file.ts';

const named = (from: string) => `import { one } from '${from}';\n`;
const typed = (from: string) => `import type { One } from '${from}';\n`;

describe('walls', () => {
  test.each([
    ['lib/sip/a.ts', named('../base/never.ts')],
    ['lib/sip/a.ts', named('node:crypto')],
    ['lib/sip/deep/a.ts', named('../via.ts')],
    ['lib/call/a.ts', named('../sip/uri.ts')],
    ['lib/ports/a.ts', typed('../call/record.ts')],
    ['lib/node/a.ts', named('../call/step.ts') + typed('../ports/sip-engine.ts')],
    ['lib/engine/builtin/a.ts', named('./proto/b.ts') + named('node:dgram')],
    ['config/a.ts', typed('../lib/node/site-options.ts') + named('node:fs')],
    ['apps/sbc/a.ts', named('../../lib/node/node.ts') + named('../../config/load.ts')],
  ])('let %s through with %j', (file, text) => {
    expect(walls(readSource(file, text))).toEqual([]);
  });

  test.each([
    ['lib/base/a.ts', named('../sip/uri.ts')],
    ['lib/sip/a.ts', named('node:net')],
    ['lib/sip/a.ts', named('../call/step.ts')],
    ['lib/call/a.ts', typed('../ports/sip-engine.ts')],
    ['lib/call/states/a.ts', named('node:fs')],
    ['lib/call/a.ts', 'export { one } from "../gateways/hunt.ts";\n'],
    ['lib/ports/a.ts', named('../call/record.ts')],
    ['lib/guard/a.ts', named('../gateways/hunt.ts')],
    ['lib/engine/builtin/a.ts', named('../../gateways/hunt.ts')],
    ['lib/engine/builtin/proto/a.ts', named('node:dgram')],
    ['lib/engine/builtin/proto/a.ts', named('../sockets/udp.ts')],
    ['lib/node/a.ts', typed('../observe/log-sink.ts')],
    ['lib/node/a.ts', 'const one = await import("../engine/builtin/engine.ts");\n'],
    ['config/a.ts', named('../lib/node/node.ts')],
    ['lib/node/a.ts', typed('../../config/load.ts')],
    ['lib/sip/a.ts', typed('../../apps/sbc/start.ts')],
  ])('stop %s with %j', (file, text) => {
    expect(walls(readSource(file, text))).toEqual([expect.stringContaining(`${file}:1 `)]);
  });
});

describe('homes', () => {
  test('let a package live in its own home, subpaths included', () => {
    expect(homes(readSource('lib/observe/a.ts', named('pino') + named('prom-client')))).toEqual([]);
    expect(homes(readSource('config/a.ts', named('yaml/sub')))).toEqual([]);
  });

  test.each([
    ['lib/node/a.ts', 'pino'],
    ['config/a.ts', 'pino'],
    ['lib/observe/a.ts', 'convict'],
    ['apps/sbc/a.ts', 'lodash'],
    ['lib/sip/a.ts', '@some/thing'],
  ])('stop %s with %s', (file, from) => {
    expect(homes(readSource(file, named(from)))).toHaveLength(1);
  });
});

describe('doorways', () => {
  test('hold interfaces and types', () => {
    const text = `${typed('../sip/ids.ts')}export type A = One;\nexport interface B { a(): A }\n`;
    expect(doorways(readSource('lib/ports/a.ts', text))).toEqual([]);
  });

  test('hold no value', () => {
    const text = 'export type A = 1;\nexport const a = 1;\nexport function b() {}\n';
    expect(doorways(readSource('lib/ports/a.ts', text))).toHaveLength(2);
  });
});

describe('names, sizes and marks', () => {
  test.each([
    'lib/utils.ts',
    'lib/x/types.ts',
    'lib/index.ts',
    'test/helpers.ts',
    'lib/camelCase.ts',
  ])('%s is no name', (file) => {
    expect(fileNames(readSource(file, ''))).toHaveLength(1);
  });

  test('a file of 301 lines is too long, one of 300 is not', () => {
    const lines = (count: number) => readSource('lib/a.ts', 'let a;\n'.repeat(count));
    expect(sizes(lines(300))).toEqual([]);
    expect(sizes(lines(301))).toEqual(['lib/a.ts has 301 lines']);
  });

  test.each([
    ['a function', (body: string) => `function a() {\n${body}}\n`],
    ['an arrow', (body: string) => `const a = () => {\n${body}};\n`],
    ['a method', (body: string) => `class A { a() {\n${body}} }\n`],
    ['a method of an object', (body: string) => `const a = { a() {\n${body}} };\n`],
    ['an argument', (body: string) => `test('é', () => {\n${body}});\n`],
  ])('%s of 71 lines is too long, one of 70 is not', (_, wrap) => {
    const lines = (count: number) => readSource('lib/a.ts', wrap('let a;\n'.repeat(count - 2)));
    expect(sizes(lines(70))).toEqual([]);
    expect(sizes(lines(71))).toEqual(['lib/a.ts:1 a function of 71 lines']);
  });

  test('a describe is a list of tests and as long as they are', () => {
    const body = 'let a;\n'.repeat(100);
    expect(sizes(readSource('test/a.test.ts', `describe('a', () => {\n${body}});\n`))).toEqual([]);
  });

  test('a line of 101 characters is too long unless it is a sentence in quotes', () => {
    expect(sizes(readSource('lib/a.ts', `// ${'a'.repeat(98)}\n`))).toHaveLength(1);
    expect(sizes(readSource('lib/a.ts', `const a = '${'a'.repeat(98)}';\n`))).toEqual([]);
  });

  test.each([
    `const a = b as ${'any'};`,
    `// TO${'DO'} later`,
    `// @ts-ig${'nore'}`,
    `const a = '/${'work'}/main';`,
  ])('%s is marked', (line) => {
    expect(marks(readSource('lib/a.ts', `${line}\n`))).toHaveLength(1);
  });
});

describe('clauses', () => {
  const clause = (tag: string) => `[3261-${tag}]`;

  test('must be in a title, and a longer clause is another one', () => {
    const source = readSource('lib/a.ts', `/** Says so. ${clause('9.1')} ${clause('9')} */\n`);
    expect(untestedClauses([source], [`the RFC says so ${clause('9')}`])).toEqual([
      `lib/a.ts ${clause('9.1')}`,
    ]);
  });

  test('are found in titles, also in those of templates, and not in comments', () => {
    const text = `test('a ${clause('1')}', b); test(\`\${a} ${clause('2')}\`, b); // ${clause('3')}\n`;
    const { strings } = readSource('test/a.test.ts', text);
    expect(strings.join()).toContain(clause('1'));
    expect(strings.join()).toContain(clause('2'));
    expect(strings.join()).not.toContain(clause('3'));
  });
});
