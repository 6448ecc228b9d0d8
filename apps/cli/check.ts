import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Environment, overridesOf } from '../../config/layers.ts';
import { loadConfig } from '../../config/load.ts';
import { describeProblem, whyOf } from '../../config/problems.ts';
import { summaryOf } from './check-summary.ts';

export type CheckIo = {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  readonly env: Environment;
};

const USAGE = 'usage: landfall check FILE [--set KEY=VALUE]...';
const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** `landfall check FILE`: says all that is wrong with a site file, or what it means. */
export function check(args: readonly string[], io: CheckIo): number {
  const asked = readArguments(args);
  if (asked.kind === 'unusable') {
    io.err(`landfall check: ${asked.why}`);
    io.err(USAGE);
    return EXIT.usage;
  }
  const { file, overrides } = asked;
  const readFile = (path: string) => readFileSync(path, 'utf8');
  const loaded = loadConfig({ file, env: io.env, overrides, readFile });
  switch (loaded.kind) {
    case 'invalid':
      for (const problem of loaded.problems) io.err(describeProblem(problem, file));
      return EXIT.failed;
    case 'valid':
      for (const line of summaryOf(file, loaded.config)) io.out(line);
      return EXIT.ok;
  }
}

function readArguments(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      strict: true,
      options: { set: { type: 'string', multiple: true } },
    });
    const [file, ...more] = positionals;
    if (file === undefined) return unusable('names no file');
    if (more.length > 0) return unusable(`takes one file, not ${positionals.length}`);
    const settings = values.set ?? [];
    const half = settings.find((setting) => !setting.includes('='));
    if (half !== undefined) return unusable(`--set ${half} has no "=VALUE"`);
    return { kind: 'usable' as const, file, overrides: overridesOf(settings) };
  } catch (error) {
    return unusable(whyOf(error));
  }
}

function unusable(why: string) {
  return { kind: 'unusable' as const, why };
}
