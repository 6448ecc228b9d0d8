import type { Profiler } from 'node:inspector';
import { Session } from 'node:inspector/promises';
import { findSourceMap, type SourceMap } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDERS = ['lib/sip', 'lib/engine/builtin/proto'];

export type Coverage = { report(): Promise<string> };

type Count = { readonly reached: number; readonly all: number };

/** Counts from now on which lines and branches of what is loaded later are reached. */
export async function startCoverage(): Promise<Coverage> {
  process.setSourceMapsEnabled(true);
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  return {
    async report() {
      const { result } = await session.post('Profiler.takePreciseCoverage');
      session.disconnect();
      return FOLDERS.flatMap((folder) => tableOf(folder, result)).join('\n');
    },
  };
}

function tableOf(folder: string, scripts: readonly Profiler.ScriptCoverage[]): readonly string[] {
  const files = scripts.flatMap((script) => {
    if (!script.url.startsWith('file:')) return [];
    const file = path.relative(PROJECT, fileURLToPath(script.url));
    return file.startsWith(`${folder}/`) ? [{ file, ...countsOf(script) }] : [];
  });
  const sum = (counts: readonly Count[]) => ({
    reached: counts.reduce((total, { reached }) => total + reached, 0),
    all: counts.reduce((total, { all }) => total + all, 0),
  });
  const row = (name: string, lines: Count, branches: Count, missing: readonly number[]) =>
    [name.padEnd(44), share(lines), share(branches), missing.join(' ')].join('  ').trimEnd();
  return [
    `${folder.padEnd(44)}   lines  branches  lines not reached`,
    ...files.map(({ file, lines, branches, missing }) => row(file, lines, branches, missing)),
    row(
      'all of it',
      sum(files.map(({ lines }) => lines)),
      sum(files.map(({ branches }) => branches)),
      [],
    ),
  ];
}

const share = ({ reached, all }: Count) =>
  `${(all === 0 ? 100 : (100 * reached) / all).toFixed(1)} %`.padStart(7);

/** By the ranges of V8: the innermost one around a place says how often it was reached. */
function countsOf({ url, functions }: Profiler.ScriptCoverage) {
  const ranges = functions
    .flatMap(({ ranges: own }) => own)
    .sort((one, other) => one.startOffset - other.startOffset || other.endOffset - one.endOffset);
  const branches = functions.flatMap(({ ranges: [, ...own], isBlockCoverage }) =>
    isBlockCoverage ? own : [],
  );
  const reachedLines = linesReached(url, ranges);
  const missing = [...reachedLines].flatMap(([line, isReached]) => (isReached ? [] : [line]));
  return {
    lines: { reached: reachedLines.size - missing.length, all: reachedLines.size },
    branches: { reached: branches.filter(({ count }) => count > 0).length, all: branches.length },
    missing: missing.sort((one, other) => one - other),
  };
}

/** Lines of the source that became code; reached, when any of it was. */
function linesReached(url: string, ranges: readonly Profiler.CoverageRange[]) {
  const map = findSourceMap(url) ?? findSourceMap(fileURLToPath(url));
  if (map === undefined) throw new Error(`no source map for ${url}`);
  const lines = new Map<number, boolean>();
  const widths = (map as SourceMap & { lineLengths?: readonly number[] }).lineLengths ?? [];
  let offset = 0;
  for (const [line, width] of widths.entries()) {
    for (let column = 0; column < width; column += 1) {
      const entry = map.findEntry(line, column);
      if (!('originalLine' in entry) || entry.generatedColumn !== column) continue;
      const count = ranges.findLast(
        ({ startOffset, endOffset }) =>
          startOffset <= offset + column && offset + column < endOffset,
      )?.count;
      const at = entry.originalLine + 1;
      lines.set(at, lines.get(at) === true || (count ?? 0) > 0);
    }
    offset += width + 1;
  }
  return lines;
}
