import type { Decide } from '../../lib/call/step.ts';
import type { SiteOptions } from '../../lib/node/site-options.ts';
import { type Address, sameAddress, writeAddress } from '../../lib/sip/address.ts';
import { headerValue } from '../../lib/sip/headers.ts';
import type { SipMessage } from '../../lib/sip/message.ts';
import { parse } from '../../lib/sip/parse.ts';
import { type Packet, VirtualNetwork } from '../support/virtual-network.ts';
import {
  A,
  B,
  CALLER,
  gatewayAddress,
  U,
  type VirtualSite,
  virtualSite,
  virtualSiteOptions,
} from '../support/virtual-site.ts';
import { VirtualWorld } from '../support/virtual-world.ts';
import { ScriptedCaller, ScriptedGateway } from './actors.ts';
import { type Script, writeLine } from './script.ts';

/** The caller's second address: its router has moved it. */
const MOVED: Address = { address: '203.0.113.8', port: 5070 };
const QUIET_MS = 300_000;
const SEED = 1;

export type Played = {
  readonly transcript: string;
  readonly site: VirtualSite;
  /** Alarms that are still set when everything is long over. */
  readonly alarmsLeft: number;
};

/** What else a scene may need. */
export type Stage = {
  readonly changes?: Partial<SiteOptions>;
  readonly dialled?: string;
  readonly caller?: Address;
  /** Gateways the system refuses to send to. */
  readonly unreachable?: boolean;
  /** Absent: each call is restored from text at every step. */
  readonly decide?: Decide;
  readonly during?: (site: VirtualSite, time: VirtualWorld) => void;
};

/** Plays a ladder against a whole site and writes down what was on the wire. */
export async function play(script: Script, stage: Stage = {}): Promise<Played> {
  const time = new VirtualWorld(SEED);
  const network = new VirtualNetwork(time, { delayMs: 0, jitterMs: 0, loss: 0, duplication: 0 });
  const options = virtualSiteOptions(script.gateways, stage.changes);
  const site = virtualSite(time, network, options, stage.decide);
  await site.node.listen();
  stage.during?.(site, time);

  const byKind = script.emergency ? 'sip:112@192.0.2.112' : 'sip:200@192.0.2.112';
  const from = stage.caller ?? CALLER;
  const caller = new ScriptedCaller(from, stage.dialled ?? byKind);
  const ears = {
    onDatagram: (bytes: Buffer) => caller.hear(bytes),
    onSendFailure: () => undefined,
  };
  const ofCaller = network.attach(from, ears);
  const ofMoved = network.attach(MOVED, ears);
  const gateways = Array.from({ length: script.gateways }, (_, index) => {
    const name = `g${index + 1}`;
    const gateway = new ScriptedGateway(gatewayAddress(index + 1), name);
    const socket = network.attach(gatewayAddress(index + 1), {
      onDatagram: (bytes) => gateway.hear(bytes),
      onSendFailure: () => undefined,
    });
    return { name, gateway, socket };
  });

  const transcript: string[] = [];
  const scripted: string[] = [];
  const losses = script.losses.map((loss) => ({ ...loss }));
  network.onPacket = (packet) => {
    const from = nameOf(packet.from);
    const to = nameOf(packet.to);
    const text = scripted.shift() ?? describe(packet, caller);
    transcript.push(writeLine(time.nowMs, from, to, text));
  };
  network.refuses = (to) =>
    stage.unreachable === true &&
    gateways.some((_, index) => sameAddress(gatewayAddress(index + 1), to));
  network.drops = () => {
    const line = transcript.at(-1) ?? '';
    const loss = losses.find(({ match, count }) => count > 0 && lineMatches(line, match));
    if (loss === undefined) return false;
    loss.count -= 1;
    transcript[transcript.length - 1] = `${line} lost`;
    return true;
  };

  for (const line of script.lines) {
    const gateway = gateways.find(({ name }) => name === line.from);
    if (gateway === undefined && !line.from.startsWith('caller')) continue;
    time.at(line.atMs, () => {
      scripted.push(line.text);
      const to = addressOf(line.to);
      if (gateway !== undefined) return gateway.socket.send(gateway.gateway.say(line), to);
      const socket = line.from === 'caller2' ? ofMoved : ofCaller;
      const bytes = /^\d/.test(line.what) ? caller.respond(line) : caller.say(line);
      return socket.send(bytes, to);
    });
  }
  time.runUntil((script.lines.at(-1)?.atMs ?? 0) + QUIET_MS);
  return { transcript: transcript.join('\n'), site, alarmsLeft: time.pending };
}

const NAMES: readonly (readonly [string, Address])[] = [
  ['caller', CALLER],
  ['caller2', MOVED],
  ['A', A],
  ['U', U],
  ['B', B],
  ['g1', gatewayAddress(1)],
  ['g2', gatewayAddress(2)],
  ['g3', gatewayAddress(3)],
];

function nameOf(address: Address): string {
  const named = NAMES.find(([, known]) => sameAddress(known, address));
  return named === undefined ? writeAddress(address) : named[0];
}

function addressOf(name: string): Address {
  const named = NAMES.find(([known]) => known === name);
  if (named === undefined) throw new Error(`nobody is called ${name}`);
  return named[1];
}

function lineMatches(line: string, match: string): boolean {
  return line.replace(/ +/g, ' ').trim().replace(/^\d+ /, '').startsWith(match);
}

/** A packet of the site in the words of the ladder files. */
function describe({ bytes, to }: Packet, caller: ScriptedCaller): string {
  const message = parse(bytes);
  if (message.kind === 'fault') return `unparsable ${message.reason}`;
  const words = [message.kind === 'request' ? message.method : String(message.status)];
  const { number, method } = message.cseq;
  if (message.body !== '') words.push('sdp');
  if (message.kind === 'response' && method !== 'INVITE') words.push(`(${method})`);
  if (!sameAddress(to, CALLER) && !sameAddress(to, MOVED)) {
    const { tag } = message.to;
    if (tag !== undefined && tag.length === 1) words.push(`tag=${tag}`);
    if (message.kind === 'response' && method === 'INVITE') words.push(...contactWords(message));
    return words.join(' ');
  }
  words.push(...contactWords(message));
  if (message.kind === 'response') {
    caller.hear(bytes);
    const fork = caller.forkOf(message.to.tag);
    if (fork > 1) words.push(`fork=${fork}`);
    const branch = /^z9hG4bKway-(\w+)$/.exec(message.via.branch ?? '')?.[1];
    if (branch !== undefined) words.push(`way=${branch}`);
    if (method === 'INVITE' && number > 1) words.push(`cseq=${number}`);
    const cause = /cause=(\d+)/.exec(headerValue(message.headers, 'reason') ?? '')?.[1];
    if (cause !== undefined) words.push(`cause=${cause}`);
  }
  return words.join(' ');
}

function contactWords({ headers }: SipMessage): string[] {
  const contact = headerValue(headers, 'contact');
  return contact === undefined ? [] : [`contact=${contactHost(contact)}`];
}

function contactHost(contact: string): string {
  const host = /@([\d.]+):(\d+)>/.exec(contact);
  return nameOf({ address: host?.[1] ?? '', port: Number(host?.[2]) });
}
