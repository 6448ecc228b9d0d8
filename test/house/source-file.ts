import { parseSync } from '@swc/core';

export type Import = { readonly from: string; readonly isTypeOnly: boolean; readonly line: number };
export type FunctionSpan = { readonly line: number; readonly lines: number };

/** What the rules of the house need to know of a file. */
export type SourceFile = {
  /** From the project root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
  readonly functions: readonly FunctionSpan[];
  /** Every string that is written in it, those of templates included. */
  readonly strings: readonly string[];
  /** The lines of texts in backquotes that are longer than a line: they are not wrapped. */
  readonly verbatim: ReadonlySet<number>;
  /** Where a statement stands that makes something exist at run time. */
  readonly runsAt: readonly number[];
};

type Node = { readonly type?: string; readonly span?: { start: number; end: number } } & {
  readonly [key: string]: unknown;
};

/** Reads TypeScript without running it. */
export function readSource(path: string, text: string): SourceFile {
  // The first token gives the offset that the parser counts from; it counts bytes.
  const bytes = Buffer.from(`;${text.replace(/^#!/, '//')}`, 'utf8');
  const module = parseSync(bytes.toString('utf8'), { syntax: 'typescript', target: 'es2022' });
  const base = module.span.start;
  const lineOf = (at: number) => countLines(bytes, at - base);
  const imports: Import[] = [];
  const functions: FunctionSpan[] = [];
  const strings: string[] = [];
  const verbatim = new Set<number>();
  const body = module.body as unknown as readonly Node[];
  for (const statement of body) {
    const found = importOf(statement);
    if (found !== undefined) imports.push({ ...found, line: lineOf(startOf(statement)) });
  }
  walk(body, (node, parent) => {
    if (node.type === 'StringLiteral' && typeof node['value'] === 'string')
      strings.push(node['value']);
    if (node.type === 'TemplateElement') strings.push(String(node['raw']));
    if (node.type === 'TemplateLiteral') {
      const last = lineOf(node.span?.end ?? 0);
      for (let line = lineOf(startOf(node)); line < last; line += 1) verbatim.add(line + 1);
    }
    if (node.type === 'CallExpression' && isImportCall(node))
      imports.push({ ...importCallOf(node), line: lineOf(startOf(node)) });
    if (!isFunction(node) || isDescribed(parent)) return;
    const first = lineOf(startOf(node));
    functions.push({ line: first, lines: lineOf(node.span?.end ?? 0) - first + 1 });
  });
  const runsAt = body
    .slice(1)
    .filter(runs)
    .map((node) => lineOf(startOf(node)));
  return { path, text, imports, functions, strings, verbatim, runsAt };
}

function countLines(bytes: Buffer, end: number): number {
  let lines = 1;
  for (let at = bytes.indexOf(10); at >= 0 && at < end; at = bytes.indexOf(10, at + 1)) lines += 1;
  return lines;
}

const startOf = (node: Node) => node.span?.start ?? 0;

function importOf(node: Node): Omit<Import, 'line'> | undefined {
  const source = node['source'] as { value?: string } | null | undefined;
  if (typeof source?.value !== 'string') return undefined;
  const specifiers = (node['specifiers'] ?? []) as readonly { isTypeOnly?: boolean }[];
  const isTypeOnly =
    node['typeOnly'] === true ||
    (specifiers.length > 0 && specifiers.every((one) => one.isTypeOnly === true));
  return { from: source.value, isTypeOnly };
}

function isImportCall(node: Node): boolean {
  const callee = node['callee'] as Node;
  return (
    callee.type === 'Import' || (callee.type === 'Identifier' && callee['value'] === 'require')
  );
}

function importCallOf(node: Node): Omit<Import, 'line'> {
  const [first] = node['arguments'] as readonly { expression: Node }[];
  const from = first?.expression['value'];
  return { from: typeof from === 'string' ? from : 'what is computed', isTypeOnly: false };
}

const FUNCTIONS: ReadonlySet<string> = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassMethod',
  'PrivateMethod',
  'MethodProperty',
  'GetterProperty',
  'SetterProperty',
  'Constructor',
]);

const isFunction = (node: Node) => FUNCTIONS.has(node.type ?? '');

/** The body of `describe` is a list of tests, not a function that does one thing. */
function isDescribed(parent: Node | undefined): boolean {
  if (parent?.type !== 'CallExpression') return false;
  return /"value":"describe"/.test(JSON.stringify(parent['callee']).slice(0, 2000));
}

const TYPES: ReadonlySet<string> = new Set([
  'ImportDeclaration',
  'TsInterfaceDeclaration',
  'TsTypeAliasDeclaration',
]);

function runs(node: Node): boolean {
  if (node.type === 'ExportDeclaration') return runs(node['declaration'] as Node);
  if (node.type === 'ImportDeclaration') return importOf(node)?.isTypeOnly !== true;
  if (node['typeOnly'] === true) return false;
  return !TYPES.has(node.type ?? '') && node['declare'] !== true;
}

function walk(
  value: unknown,
  see: (node: Node, parent: Node | undefined) => void,
  parent?: Node,
): void {
  if (Array.isArray(value)) {
    // An argument stands in a wrapper without a type: its parent is the call.
    for (const item of value) walk(item, see, parent);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const node = value as Node;
  if (node.type !== undefined) see(node, parent);
  for (const child of Object.values(node))
    walk(child, see, node.type === undefined ? parent : node);
}
