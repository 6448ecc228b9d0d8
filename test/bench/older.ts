import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from './subject.ts';

/** The project as it was at a commit, built apart, with the packages of today. */
export function buildOlder(revision: string): { readonly root: string; remove(): void } {
  const root = mkdtempSync(path.join(tmpdir(), 'landfall-older-'));
  const files = execFileSync('git', ['archive', revision], { cwd: ROOT, maxBuffer: 1 << 28 });
  execFileSync('tar', ['x', '-C', root], { input: files });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(root, 'node_modules'));
  execFileSync('npm', ['run', 'build', '--silent'], { cwd: root, stdio: 'inherit' });
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}
