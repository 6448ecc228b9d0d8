import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../../..');

/** `npm start`: a site on loopback with a test gateway beside it, and a word on what to try. */
function main(): void {
  const gateway = run('apps/lab/test-gateway.js', []);
  const site = run('apps/cli/landfall.js', [
    'start',
    '--config',
    path.join(root, 'config/loopback.yaml'),
    ...process.argv.slice(2),
  ]);
  console.log(
    [
      'Landfall on loopback',
      '  A  127.0.0.112:5060   the anycast address: callers dial it',
      '  U  127.0.0.11:5060    the unicast address: the session moves here',
      '  G  127.0.0.21:5060    toward the test gateway at 127.0.0.31:5080',
      '  admin                 http://127.0.0.1:8112',
      'In a second terminal:   npx landfall call sip:112@127.0.0.112',
      'then:                   npx landfall calls tail     (users: 112 ring busy late drop)',
      '',
    ].join('\n'),
  );
  // Both have process groups of their own, so that a terminal's Ctrl-C comes through here, and
  // once.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => site.kill(signal));
  site.on('exit', (code) => {
    gateway.kill('SIGTERM');
    process.exitCode = code ?? 1;
  });
}

function run(script: string, args: readonly string[]): ChildProcess {
  const file = path.join(root, 'dist', script);
  return spawn(process.execPath, ['--enable-source-maps', file, ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  });
}

main();
