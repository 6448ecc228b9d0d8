import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { familyOf, writeAddress } from '../../lib/sip/address.ts';
import { type Resident, startChild } from './child.ts';
import { netstring, netstringReader } from './netstrings.ts';
import type { Phone } from './phone.ts';
import { headerOf } from './sipp-logs.ts';
import { secondsOfTone, toneFile } from './tone.ts';
import { until } from './until.ts';

const SIP_PORT = 5060;
const CONTROL_PORT = 4444;
const LIFE_MS = 60_000;
const SPEECH = '/usr/share/baresip/callwaiting.wav';
const SPEAKS = [`audio_source aufile,${SPEECH}`];
const TONE = 'tone.wav';

export type BaresipOptions = {
  readonly folder: string;
  readonly user: string;
  /** Absent: the network of the test itself. */
  readonly at?: Resident;
  /** Its own address, which the test can reach; SIP is on port 5060, UDP and TCP. */
  readonly address: string;
  /** Everything goes to this proxy, named in a Route. */
  readonly outbound?: string;
  /** What it shows who calls it by TLS, and whom it trusts; both are files. */
  readonly tls?: { readonly both: string; readonly authorities: string };
  /** It protects its RTP by keys in the SDP, and takes no other. */
  readonly srtp?: boolean;
  /** It says that tone, in Hz, and records what it hears. */
  readonly tone?: number;
};

export type Baresip = Phone & {
  /** Sends REFER to the other side of its call. */
  transfer(uri: string): void;
  /** For how many seconds it has heard that tone; to be asked when it has been stopped. */
  heardSec(tone: number): number;
};

/** What it tells of: `CALL_ESTABLISHED`, `CALL_CLOSED` and the like. */
type Heard = { readonly type: string };

/** A baresip without a sound card: it speaks from a file. */
export async function startBaresip(options: BaresipOptions): Promise<Baresip> {
  const { user, at, address, outbound, srtp, tone, tls } = options;
  const folder = mkdtempSync(join(options.folder, `baresip-${user}-`));
  writeFileSync(
    join(folder, 'config'),
    configOf(address, [...(tone === undefined ? SPEAKS : taped(folder)), ...secured(tls)]),
  );
  if (tone !== undefined) writeFileSync(join(folder, TONE), toneFile(tone, LIFE_MS / 1000));
  const pinned = outbound === undefined ? '' : `;outbound="${outbound}"`;
  const keyed = srtp === true ? ';mediaenc=srtp-mand' : '';
  const account = `<sip:${user}@${bracketed(address)}>;regint=0;answermode=manual;audio_codecs=pcma`;
  writeFileSync(join(folder, 'accounts'), `${account}${pinned}${keyed}\n`);
  const child = startChild('baresip', ['-s', '-f', folder], { at, cwd: folder, lifeMs: LIFE_MS });
  const events: Heard[] = [];
  await until(`baresip ${user}`, () => {
    if (child.isOver()) throw new Error(`baresip ${user} ended:\n${child.output()}`);
    return child.output().includes('baresip is ready');
  });
  const control = await openControl(address, (event) => events.push(event));
  const order = (command: string, params = '') =>
    control.write(netstring(JSON.stringify({ command, params, token: command })));
  const hears = async (type: string, withinMs?: number) => {
    const isHeard = () => events.some((event) => event.type === type);
    await until(`${type} at ${user}`, isHeard, withinMs);
  };
  return {
    dial: (uri) => order('dial', uri),
    accept: () => order('accept'),
    hangUp: () => order('hangup'),
    hold: () => order('hold'),
    resume: () => order('resume'),
    transfer: (uri) => order('transfer', uri),
    isCalled: () => hears('CALL_INCOMING'),
    hearsRinging: () => hears('CALL_RINGING'),
    // Sound has arrived, so the SDP of the other side has crossed whole.
    isTalking: () => hears('CALL_RTPESTAB'),
    isOver: (withinMs) => hears('CALL_CLOSED', withinMs),
    received: () => receivedIn(child.output(), address),
    heardSec: (tone) => tapesIn(folder).reduce((sum, tape) => sum + secondsOfTone(tape, tone), 0),
    async stop() {
      control.destroy();
      await child.stop();
    },
  };
}

function tapesIn(folder: string): readonly Buffer[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('-dec.wav'));
  return names.map((name) => readFileSync(join(folder, name)));
}

/** Its trace of SIP, without what it has sent itself: those bear its own Via or answer another. */
function receivedIn(output: string, address: string): readonly string[] {
  const plain = output.replaceAll('\u001b', '');
  const traced = plain.matchAll(/\[36;1m#\r?\n[^\n]*\n(.*?)\[;m/gs);
  return [...traced]
    .map(([, text = '']) => text)
    .filter((text) => {
      const isOurs = headerOf(text, 'Via').includes(` ${bracketed(address)}:`);
      return text.startsWith('SIP/2.0 ') === isOurs;
    });
}

async function openControl(host: string, hear: (event: Heard) => void): Promise<Socket> {
  const socket = connect(CONTROL_PORT, host);
  const read = netstringReader();
  socket.on('data', (chunk: Buffer) => {
    for (const text of read(chunk)) {
      const message = JSON.parse(text) as { event?: boolean; type?: string };
      if (message.event !== true) continue;
      hear({ type: message.type ?? '' });
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
function configOf(address: string, more: readonly string[]): string {
  return `poll_method epoll
net_interface ${address}
sip_listen ${writeAddress({ address, port: SIP_PORT })}
module_path /usr/lib/baresip/modules
audio_player aubridge,loop
audio_alert aubridge,alert
module g711.so
module aubridge.so
module aufile.so
module srtp.so
module ctrl_tcp.so
ctrl_tcp_listen ${writeAddress({ address, port: CONTROL_PORT })}
module_app account.so
module_app menu.so
${more.join('\n')}
`;
}

function bracketed(address: string): string {
  return familyOf(address) === 6 ? `[${address}]` : address;
}

function secured(tls: BaresipOptions['tls']): readonly string[] {
  if (tls === undefined) return [];
  return [`sip_certificate ${tls.both}`, `sip_cafile ${tls.authorities}`, 'sip_verify_server yes'];
}

function taped(folder: string): readonly string[] {
  return [`audio_source aufile,${join(folder, TONE)}`, 'module sndfile.so', `snd_path ${folder}`];
}
