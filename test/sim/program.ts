import { execFile } from 'node:child_process';

export const PROGRAM_MS_MAX = 300_000;

export type Said = { readonly stdout: string; readonly stderr: string; readonly failure: string };

/** Runs a program of the simulation by itself: inside jest a world takes three times as long. */
export function runProgram(cwd: string, args: readonly string[]): Promise<Said> {
  // What this process was started with is not for the child.
  const { NODE_OPTIONS: _, ...env } = process.env;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', ...args],
      { cwd, timeout: PROGRAM_MS_MAX, env },
      (error, stdout, stderr) => resolve({ stdout, stderr, failure: error?.message ?? '' }),
    );
  });
}
