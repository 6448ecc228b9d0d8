import type { Address } from '../../../lib/sip/address.ts';
import { parse } from '../../../lib/sip/parse.ts';
import { SDP } from '../../sim/session.ts';
import { response, wire } from '../../sim/wire.ts';
import { type Packet, VirtualNetwork } from '../../support/virtual-network.ts';
import {
  A,
  B,
  CALLER,
  gatewayAddress,
  U,
  type VirtualSite,
  virtualSite,
  virtualSiteOptions,
} from '../../support/virtual-site.ts';
import { VirtualStreams } from '../../support/virtual-streams.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';
import type { Choices } from '../choices.ts';
import { message, written } from '../generators/messages.ts';
import { mutated } from '../generators/mutate.ts';
import { transfer } from '../generators/transfers.ts';
import { SEEDS } from '../seeds.ts';
import { must, mustBeSame, type Target } from '../target.ts';

const GATEWAY = gatewayAddress(1);
const STRANGER: Address = { address: '198.18.0.66', port: 5060 };
/** After every transaction, and every patience with a call that nobody ends. */
const QUIET_MS = 600_000;
const HEARD_MAX = 40;
const METHODS = ['ACK', 'BYE', 'UPDATE', 'INFO', 'INVITE', 'OPTIONS', 'X'];

/** A whole site: proper calls, and between them whatever somebody throws at it. */
export const NODE: Target = {
  name: 'node',
  share: 500,
  async run(choices) {
    const scene = new Scene(choices);
    await scene.open();
    if (choices.chance(0.5)) scene.beginTalking();
    for (let left = 1 + choices.below(3); left > 0; left -= 1) {
      for (let throws = choices.below(12); throws > 0; throws -= 1) scene.throwOne();
      scene.pass(choices.pick([50, 3000, 40_000]));
    }
    scene.callProperly();
    scene.mustBeQuiet();
  },
};

class Scene {
  readonly #choices: Choices;
  readonly #time: VirtualWorld;
  readonly #network: VirtualNetwork;
  readonly #streams: VirtualStreams;
  readonly #site: VirtualSite;
  /** What went over the network last, and what is thrown next is made of. */
  readonly #heard: Buffer[] = [];
  readonly #thrown: string[] = [];
  #unusable: string | undefined;
  #mood: 'answers' | 'lies' = 'answers';

  constructor(choices: Choices) {
    this.#choices = choices;
    this.#time = new VirtualWorld(choices.below(2 ** 32));
    this.#network = new VirtualNetwork(this.#time);
    this.#streams = new VirtualStreams(this.#time);
    const options = virtualSiteOptions(1);
    const tcp = options.listeners.map((one) => ({ ...one, transport: 'tcp' as const }));
    const listeners = [...options.listeners, ...tcp];
    const streams = this.#streams;
    const way = choices.pick(['refuse', 'pass', 'execute'] as const);
    const transfers = way === 'refuse' ? undefined : way;
    const groups = options.groups.map((group) => ({ ...group, transfers }));
    const all = { ...options, listeners, groups };
    this.#site = virtualSite(this.#time, this.#network, all, { streams });
    this.#network.onPacket = (packet) => this.#note(packet);
  }

  async open(): Promise<void> {
    await this.#site.node.listen();
    for (const me of [GATEWAY, CALLER]) {
      this.#network.attach(
        me,
        this.#ears((bytes, from) => this.#answers(me, bytes, from)),
      );
    }
    this.#streams.attach(GATEWAY, () => undefined);
    this.#choices.shown = this.#thrown;
  }

  pass(ms: number): void {
    this.#time.runUntil(this.#time.nowMs + ms);
  }

  #ears(onDatagram: (bytes: Buffer, from: Address) => void) {
    return { onDatagram, onSendFailure: () => undefined };
  }

  /** Whatever came, what the site says itself is SIP, and can find its way back. */
  #note({ bytes, from, to }: Packet): void {
    const said = parse(bytes);
    const isOurs = [A, U, B].some(({ address }) => address === from.address);
    const isLost = said.kind === 'fault' && (!said.isResponse || said.via === undefined);
    if (isOurs && isLost) this.#unusable ??= `${to.address} got ${bytes.toString('latin1')}`;
    this.#heard.push(bytes);
    if (this.#heard.length > HEARD_MAX) this.#heard.shift();
  }

  /** A call is up before anything is thrown, so that there is something to hit. */
  beginTalking(): void {
    const first = { from: CALLER, to: A };
    this.#network.deliver({ bytes: inviteFrom(CALLER, 'c0'), ...first }, 1);
    this.pass(50);
    const ack = this.#withinADialog('ACK');
    this.#network.deliver({ bytes: Buffer.from(ack, 'latin1'), from: CALLER, to: U }, 1);
    this.pass(50);
  }

  /** One message to one of the listeners, by UDP or TCP, from anybody. */
  throwOne(): void {
    const choices = this.#choices;
    this.#mood = choices.pick(['answers', 'lies']);
    if (choices.chance(0.15)) {
      this.#transfer();
      return;
    }
    const base = choices.pick([
      () => inviteFrom(CALLER, `c${choices.below(5)}`).toString('latin1'),
      () => this.#somethingHeard(),
      () => this.#withinADialog(),
      () => written(message(choices)),
      () => choices.pick(SEEDS),
    ])();
    const text = choices.chance(0.8) ? mutated(choices, base) : base;
    const bytes = Buffer.from(text, 'latin1');
    const from = choices.pick([CALLER, STRANGER, GATEWAY]);
    const to = choices.pick([A, U, B]);
    this.#thrown.push(`${from.address} > ${to.address} ${text}`);
    if (choices.chance(0.2)) this.#throwByTcp(bytes, to);
    else this.#network.deliver({ bytes, from, to }, choices.below(200));
    if (choices.chance(0.3)) this.pass(choices.below(2000));
  }

  /** What the site said, or was told: its own tags, branches and tokens are in it. */
  #somethingHeard(): string {
    const { length } = this.#heard;
    if (length === 0) return '';
    const text = this.#heard[this.#choices.below(length)]?.toString('latin1') ?? '';
    const method = this.#choices.pick(['BYE', 'CANCEL', 'ACK', 'INVITE', 'REFER', 'INFO']);
    const status = this.#choices.pick(['100', '183', '200', '302', '481', '503']);
    if (this.#choices.chance(0.5)) return text;
    return text
      .replace(/^[A-Z]+(?= )/, method)
      .replace(/(CSeq: \d+ )[A-Z]+/i, `$1${method}`)
      .replace(/^(SIP\/2.0) \d+/, `$1 ${status}`);
  }

  /** A request of the caller in a dialog that the site has made. */
  #withinADialog(asked?: string): string {
    const answers = this.#heard.map(parse).flatMap((one) => (one.kind === 'response' ? [one] : []));
    const answer = answers.findLast(
      ({ to, cseq }) => cseq.method === 'INVITE' && to.tag?.startsWith('v1') === true,
    );
    if (answer === undefined) return '';
    const method = asked ?? this.#choices.pick(METHODS);
    const cseq = method === 'ACK' ? answer.cseq.number : 2 + this.#choices.below(5);
    const { from, to, callId } = answer;
    const dialog = { callId, fromTag: from.tag, toTag: to.tag };
    return within(method, CALLER, cseq, dialog).toString('latin1');
  }

  /** Of a call that the gateway has. */
  #transfer(): void {
    const invites = this.#heard
      .map(parse)
      .flatMap((one) => (one.kind === 'request' && one.method === 'INVITE' ? [one] : []));
    const invite = invites.findLast(({ from }) => from.tag?.startsWith('v1') === true);
    if (invite === undefined) return;
    const choices = this.#choices;
    const right = transfer(choices, invite, GATEWAY, 'gw');
    const text = choices.chance(0.3) ? mutated(choices, right) : right;
    this.#thrown.push(`${GATEWAY.address} > ${B.address} ${text}`);
    const way = { from: GATEWAY, to: B };
    this.#network.deliver({ bytes: Buffer.from(text, 'latin1'), ...way }, choices.below(200));
    if (choices.chance(0.5)) this.pass(choices.below(2000));
  }

  #throwByTcp(bytes: Buffer, to: Address): void {
    const ears = { onOpen: () => undefined, onBytes: () => undefined, onClosed: () => undefined };
    const socket = this.#streams.connect(STRANGER.address, to, 1000, ears);
    socket.write(bytes);
    const alarmMs = this.#choices.below(100_000);
    this.#time.at(this.#time.nowMs + alarmMs, () => socket.cut());
  }

  /** A gateway or a caller that answers, until it lies. */
  #answers(me: Address, bytes: Buffer, from: Address): void {
    const request = parse(bytes);
    if (request.kind !== 'request' || request.method === 'ACK') return;
    const choices = this.#choices;
    const lies = this.#mood === 'lies';
    const status = lies ? choices.pick([100, 183, 200, 302, 487, 503]) : 200;
    const parts = { tag: 'gw', contact: me, body: request.method === 'INVITE' ? SDP : '' };
    const right = response(request, status, parts);
    const says = lies ? Buffer.from(mutated(choices, right.toString('latin1')), 'latin1') : right;
    if (lies) this.#thrown.push(`${me.address} ${says.toString('latin1')}`);
    this.#network.deliver({ bytes: says, from: me, to: from }, 1);
  }

  /** After all that, a call is placed, answered and hung up. */
  callProperly(): void {
    this.pass(QUIET_MS);
    this.#mood = 'answers';
    const me = { address: '203.0.113.99', port: 5070 };
    const finals: string[] = [];
    const socket = this.#network.attach(
      me,
      this.#ears((bytes) => {
        const heard = parse(bytes);
        if (heard.kind !== 'response' || heard.status < 200) return;
        finals.push(`${heard.status} ${heard.cseq.method}`);
        if (heard.cseq.method !== 'INVITE') return;
        const dialog = { callId: 'proper@fuzz', fromTag: 'proper', toTag: heard.to.tag };
        socket.send(within('ACK', me, 1, dialog), U);
        this.#time.at(this.#time.nowMs + 1000, () => socket.send(within('BYE', me, 2, dialog), U));
      }),
    );
    socket.send(inviteFrom(me, 'proper'), A);
    this.pass(10_000);
    mustBeSame(finals, ['200 INVITE', '200 BYE'], 'a proper call afterwards');
  }

  /** Nothing is kept, and nothing was thrown on the way. */
  mustBeQuiet(): void {
    const { told, engine, node } = this.#site;
    // An emergency call that is up stays up, however silent its caller.
    node.hangUpAll();
    node.stop();
    this.pass(QUIET_MS);
    const bug = told.notices.find(({ event }) => event === 'bug');
    must(bug === undefined, `a bug was noted: ${String(bug?.['stack'])}`);
    must(this.#unusable === undefined, `the site said what nobody can use: ${this.#unusable}`);
    for (const [what, size] of Object.entries(engine.sizes())) {
      must(size === 0, `${size} ${what} are left in the engine`);
    }
    const { calls, legs, namesOut } = node.sizes();
    mustBeSame([calls, legs, namesOut], [0, 0, 0], 'calls, legs and names left at the node');
    mustBeSame(this.#time.pending, 0, 'alarms left');
  }
}

function inviteFrom(me: Address, name: string): Buffer {
  const headers = [
    `Via: SIP/2.0/UDP ${me.address}:${me.port};branch=z9hG4bK${name};rport`,
    'Max-Forwards: 70',
    `From: "A" <sip:+4670@${me.address}>;tag=${name}`,
    'To: <sip:112@192.0.2.112>',
    `Call-ID: ${name}@fuzz`,
    'CSeq: 1 INVITE',
    `Contact: <sip:phone@${me.address}:${me.port}>`,
  ];
  return wire('INVITE sip:112@192.0.2.112 SIP/2.0', headers, SDP);
}

type Dialog = {
  readonly callId: string;
  readonly fromTag: string | undefined;
  readonly toTag: string | undefined;
};

function within(method: string, me: Address, cseq: number, dialog: Dialog): Buffer {
  const { callId, fromTag, toTag } = dialog;
  const body = method === 'INVITE' || method === 'UPDATE' ? SDP : '';
  const headers = [
    `Via: SIP/2.0/UDP ${me.address}:${me.port};branch=z9hG4bK${method}${cseq}`,
    'Max-Forwards: 70',
    `From: "A" <sip:+4670@${me.address}>;tag=${fromTag}`,
    `To: <sip:112@192.0.2.112>;tag=${toTag}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} ${method}`,
  ];
  return wire(`${method} sip:${toTag}@${U.address} SIP/2.0`, headers, body);
}
