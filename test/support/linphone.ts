import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChild } from './child.ts';
import type { Namespace } from './namespace.ts';
import type { Phone } from './phone.ts';
import { until } from './until.ts';

const LIFE_MS = 60_000;
const SPEECH = '/usr/share/sounds/linphone/hello8000.wav';

export type LinphoneOptions = {
  readonly folder: string;
  readonly user: string;
  /** It listens on every address of its network, and has the one that leads to all others. */
  readonly at: Namespace;
  readonly lifeMs?: number;
  /** A file of whom it trusts. Absent: it speaks no TLS. */
  readonly authorities?: string;
};

/** A linphonec without a sound card: it speaks from a file. */
export async function startLinphone(options: LinphoneOptions): Promise<Phone> {
  const { folder, user, at, lifeMs = LIFE_MS, authorities } = options;
  const home = mkdtempSync(join(folder, `linphone-${user}-`));
  // Its database. Where that cannot be, linphonec goes on and never opens a socket.
  mkdirSync(join(home, '.local', 'share', 'linphone'), { recursive: true });
  writeFileSync(join(home, 'linphonerc'), configOf(user, authorities));
  const log = join(home, 'log');
  const args = ['-c', join(home, 'linphonerc'), '-d', '6', '-l', log];
  const env = { HOME: home };
  const child = startChild('linphonec', args, { at, cwd: home, env, lifeMs });
  const says = async (words: string, withinMs?: number) => {
    const isSaid = () => {
      if (child.isOver()) throw new Error(`linphonec ${user} ended:\n${child.output()}`);
      return child.output().includes(words);
    };
    await until(`"${words}" of linphonec ${user}`, isSaid, withinMs);
  };
  const type = (line: string) => child.write(`${line}\n`);
  await says('linphonec> ');
  type('soundcard use files');
  type(`play ${SPEECH}`);
  return {
    dial: (uri) => type(`call ${uri}`),
    accept: () => type('answer'),
    hangUp: () => type('terminate'),
    hold: () => type('pause'),
    resume: () => type('resume'),
    isCalled: () => says('Receiving new incoming call'),
    hearsRinging: () => says(' ringing.'),
    isTalking: () => says('Media streams established'),
    isOver: (withinMs) => says(' ended (', withinMs),
    received: () => receivedIn(readFileSync(log, 'latin1')),
    async stop() {
      await child.stop();
    },
  };
}

/** The log holds what each read has brought: over TCP pieces of messages, or several at once. */
function receivedIn(log: string): readonly string[] {
  const heads = log.matchAll(/: received \[(\d+)\] new bytes from \[.*\]:\n/g);
  const reads = [...heads].map(({ 0: head, 1: length, index }) => {
    const start = index + head.length;
    return log.slice(start, start + Number(length));
  });
  return reads.join('').split(/^(?=SIP\/2\.0 \d|[A-Z]+ sip:)/m);
}

function configOf(user: string, authorities: string | undefined): string {
  const trusted = `root_ca=${authorities}\nverify_server_certs=1\nverify_server_cn=1`;
  const tls = authorities === undefined ? 'sip_tls_port=0' : `sip_tls_port=5061\n${trusted}`;
  return `[sip]
contact="${user}" <sip:${user}@unknown>
sip_port=5060
sip_tcp_port=5060
${tls}
guess_hostname=1
media_encryption=none
[rtp]
nortp_timeout=3600
[video]
enabled=0
`;
}
