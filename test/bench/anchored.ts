import { spawn } from 'node:child_process';
import { landfall, type Subject } from './subject.ts';

const NG = '127.9.0.1:2223';
const KEYS = `media: { anchor: rtpengine, rtpengine: [{ ng: "${NG}" }] }\n`;

/** The node with a real rtpengine beside it, whose own CPU does not count. */
export function anchored(folder: string): Subject {
  const interfaces = ['--interface=pub/127.9.0.11', '--interface=priv/127.9.0.21'];
  const how = ['--config-file=none', '--foreground', '--log-stderr', '--log-level=3', '--table=-1'];
  const daemon = spawn(
    'taskset',
    ['-c', '1', 'rtpengine', ...how, '--num-threads=1', ...interfaces, `--listen-ng=${NG}`],
    { stdio: 'ignore' },
  );
  const gone = new Promise<void>((resolve) => daemon.once('exit', () => resolve()));
  const subject = landfall(folder, { keys: KEYS });
  return {
    ...subject,
    async stop() {
      await subject.stop();
      daemon.kill('SIGTERM');
      await gone;
    },
  };
}
