import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { startChild } from './child.ts';
import { netstring, netstringReader } from './netstrings.ts';
import { until } from './until.ts';

const SIP_PORT = 5060;
const CONTROL_PORT = 4444;
const LIFE_MS = 60_000;

export type PhoneOptions = {
  readonly folder: string;
  readonly user: string;
  /** Its own loopback address; SIP is on port 5060. */
  readonly address: string;
  readonly answers: 'auto' | 'manual';
};

/** `CALL_ESTABLISHED`, `CALL_CLOSED` and the like, as baresip names them. */
export type PhoneEvent = { readonly type: string; readonly param: string };

/** A baresip without a sound card: what it hears goes back as what it says. */
export type Phone = {
  readonly events: readonly PhoneEvent[];
  /** Orders it as if typed: `dial sip:112@...`, `hangup`, `accept`. */
  order(command: string, params?: string): void;
  /** Waits for an event, also one that is here already. */
  heard(type: string, withinMs?: number): Promise<PhoneEvent>;
  stop(): Promise<void>;
};

export async function startPhone(options: PhoneOptions): Promise<Phone> {
  const { user, address, answers } = options;
  const folder = mkdtempSync(join(options.folder, `phone-${user}-`));
  writeFileSync(join(folder, 'config'), configOf(address));
  const account = `<sip:${user}@${address}>;regint=0;answermode=${answers};audio_codecs=pcma`;
  writeFileSync(join(folder, 'accounts'), `${account}\n`);
  const child = startChild('baresip', ['-f', folder], { cwd: folder, lifeMs: LIFE_MS });
  const events: PhoneEvent[] = [];
  await until(`baresip ${user}`, () => {
    if (child.isOver()) throw new Error(`baresip ${user} ended:\n${child.output()}`);
    return child.output().includes('baresip is ready');
  });
  const control = await openControl(address, (event) => events.push(event));
  return {
    events,
    order(command, params = '') {
      control.write(netstring(JSON.stringify({ command, params, token: command })));
    },
    heard: (type, withinMs) =>
      until(`${type} at ${user}`, () => events.find((event) => event.type === type), withinMs),
    async stop() {
      control.destroy();
      await child.stop();
    },
  };
}

async function openControl(host: string, hear: (event: PhoneEvent) => void): Promise<Socket> {
  const socket = connect(CONTROL_PORT, host);
  const read = netstringReader();
  socket.on('data', (chunk: Buffer) => {
    for (const text of read(chunk)) {
      const message = JSON.parse(text) as { event?: boolean; type?: string; param?: string };
      if (message.event !== true) continue;
      hear({ type: message.type ?? '', param: message.param ?? '' });
    }
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => undefined);
  return socket;
}

/**
 * `net_interface` takes an address too: by the name of the interface, baresip passes loopback over.
 */
function configOf(address: string): string {
  return `poll_method epoll
net_interface ${address}
sip_listen ${address}:${SIP_PORT}
module_path /usr/lib/baresip/modules
audio_source aubridge,loop
audio_player aubridge,loop
audio_alert aubridge,alert
module g711.so
module aubridge.so
module ctrl_tcp.so
ctrl_tcp_listen ${address}:${CONTROL_PORT}
module_app account.so
module_app menu.so
`;
}
