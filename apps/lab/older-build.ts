import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export type OlderBuild = { readonly root: string; remove(): void };

/** The project as it was at a commit, built apart, with the packages of today. */
export function buildOlder(project: string, revision: string): OlderBuild {
  const root = mkdtempSync(path.join(tmpdir(), 'landfall-older-'));
  const remove = () => rmSync(root, { recursive: true, force: true });
  try {
    const archive = ['archive', revision];
    const files = execFileSync('git', archive, { cwd: project, maxBuffer: 1 << 28 });
    execFileSync('tar', ['x', '-C', root], { input: files });
    symlinkSync(path.join(project, 'node_modules'), path.join(root, 'node_modules'));
    execFileSync('npm', ['run', 'build', '--silent'], { cwd: root, stdio: 'inherit' });
    return { root, remove };
  } catch (error) {
    remove();
    throw error;
  }
}
