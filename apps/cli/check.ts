import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Environment, overridesOf } from '../../config/layers.ts';
import { loadConfig } from '../../config/load.ts';
import { describeProblem } from '../../config/problems.ts';
import type { SiteConfig } from '../../config/site-config.ts';
import { whyOf } from '../../lib/base/why-of.ts';
import { summaryOf } from './check-summary.ts';

export type CheckIo = {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  readonly env: Environment;
};

const USAGE = 'usage: landfall check FILE [--probe] [--set KEY=VALUE]...';
const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/**
 * `landfall check FILE`: says all that is wrong with a site file, or what it means; with `--probe`
 * who answers, too.
 */
export function check(args: readonly string[], io: CheckIo): number | Promise<number> {
  const asked = readArguments(args);
  if (asked.kind === 'unusable') {
    io.err(`landfall check: ${asked.why}`);
    io.err(USAGE);
    return EXIT.usage;
  }
  const { file, overrides, probe } = asked;
  const readFile = (path: string) => readFileSync(path, 'utf8');
  const loaded = loadConfig({ file, env: io.env, overrides, readFile });
  switch (loaded.kind) {
    case 'invalid':
      for (const problem of loaded.problems) io.err(describeProblem(problem, file));
      return EXIT.failed;
    case 'valid':
      for (const line of summaryOf(file, loaded.config)) io.out(line);
      return probe ? askGateways(loaded.config, io) : EXIT.ok;
  }
}

async function askGateways(config: SiteConfig, io: CheckIo): Promise<number> {
  const { deadGroups, probeAll } = await import('./check-probe.ts');
  const { greet } = await import('./check-drachtio.ts');
  for (const line of await Promise.all(config.drachtio.map(greet))) io.out(line);
  const checked = await probeAll(config);
  for (const { line } of checked) io.out(line);
  const dead = deadGroups(config, checked);
  for (const group of dead)
    io.err(`landfall check: no gateway of emergency group ${group} answers`);
  return dead.length === 0 ? EXIT.ok : EXIT.failed;
}

function readArguments(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      strict: true,
      options: {
        set: { type: 'string', multiple: true },
        probe: { type: 'boolean', default: false },
      },
    });
    const [file, ...more] = positionals;
    if (file === undefined) return unusable('names no file');
    if (more.length > 0) return unusable(`takes one file, not ${positionals.length}`);
    const settings = values.set ?? [];
    const half = settings.find((setting) => !setting.includes('='));
    if (half !== undefined) return unusable(`--set ${half} has no "=VALUE"`);
    const { probe } = values;
    return { kind: 'usable' as const, file, overrides: overridesOf(settings), probe };
  } catch (error) {
    return unusable(whyOf(error));
  }
}

function unusable(why: string) {
  return { kind: 'unusable' as const, why };
}
