import { spawn } from 'node:child_process';
import { landfall, type Subject } from './subject.ts';

/** The node with a real rtpengine beside it, whose own CPU does not count. */
export function anchored(folder: string, net: number): Subject {
  const ng = `127.9.${net}.1:2223`;
  const interfaces = [`--interface=pub/127.9.${net}.11`, `--interface=priv/127.9.${net}.21`];
  const how = ['--config-file=none', '--foreground', '--log-stderr', '--log-level=3', '--table=-1'];
  const daemon = spawn(
    'taskset',
    ['-c', '1', 'rtpengine', ...how, '--num-threads=1', ...interfaces, `--listen-ng=${ng}`],
    { stdio: 'ignore' },
  );
  const gone = new Promise<void>((resolve) => daemon.once('exit', () => resolve()));
  const keys = `media: { anchor: rtpengine, rtpengine: [{ ng: "${ng}" }] }\n`;
  const subject = landfall(folder, { net, keys });
  return {
    ...subject,
    async stop() {
      await subject.stop();
      daemon.kill('SIGTERM');
      await gone;
    },
  };
}
