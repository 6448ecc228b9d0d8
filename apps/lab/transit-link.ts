import { connect, type Socket } from 'node:net';
import type { LinkSetting } from './topology.ts';

const ANSWER_MS_MAX = 15_000;

/** A packet of the wire as the router saw it leave or go lost; `at` in ms since the router began. */
export type WirePacket = {
  readonly at: number;
  readonly source: string;
  readonly target: string;
  readonly fate: 'arrived' | 'lost' | 'no way' | 'firewall';
  readonly from: string;
  readonly to: string;
  readonly transport: 'udp' | 'tcp' | 'icmp' | 'other';
  readonly bytes: number;
  readonly fragment?: number;
  /** Of a TCP segment: S, R and F where they are set. */
  readonly flags?: string;
  readonly sip?: WireSip;
};

/** What the router read of a SIP message that begins in a packet. */
export type WireSip = {
  readonly method?: string;
  readonly status?: number;
  readonly line: string;
} & { readonly [header in WireHeader]?: string };

type WireHeader = 'call-id' | 'from' | 'to' | 'via' | 'contact' | 'cseq' | 'reason';

export type ScriptStep = {
  /** A method, `response`, `SYN`, `fragment` or `other`. */
  readonly kind: string;
  /** Absent: each of that kind. */
  readonly nth?: number;
  readonly to: number;
  /** From then on everything of this caller goes there. */
  readonly stays?: boolean;
  /** Copies that reach other sites, too. */
  readonly also?: readonly { readonly to: number; readonly afterMs: number }[];
};

/** Where packets to A go. */
export type RouteRule =
  | { readonly to: number; readonly script?: readonly ScriptStep[] }
  | {
      readonly each: 'packet' | 'message';
      readonly seed: number;
      /** Absent: all sites. */
      readonly among?: readonly number[];
      /** A share of what is drawn comes to a second site, too. */
      readonly twice?: number;
    }
  | { readonly cycle: readonly number[] }
  | { readonly everyMs: number; readonly seed: number };

export type Program = {
  readonly name: string;
  readonly place: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly log: string;
  readonly env: Readonly<Record<string, string>>;
};

export type TransitState = {
  readonly pid: number;
  /** The open file of the router that holds each namespace. */
  readonly places: Readonly<Record<string, number>>;
  readonly programs: Readonly<Record<string, { readonly pid: number; readonly code?: number }>>;
  readonly ways: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly atMs: number;
};

/** The doorway of a running router; each order is answered or throws what the router said. */
export type TransitLink = {
  /** Absent `who`: the default of all callers that have no rule of their own. */
  route(rule: RouteRule, who?: string): Promise<void>;
  link(between: readonly [string, string], setting: LinkSetting): Promise<void>;
  watch(see: (packet: WirePacket) => void): Promise<void>;
  state(): Promise<TransitState>;
  /** Whether a program was started and has not ended. */
  isRunning(name: string): Promise<boolean>;
  start(program: Program): Promise<number>;
  signal(name: string, signal: string): Promise<void>;
  close(): void;
};

type Answer = { readonly id: number; readonly error?: string } & Readonly<Record<string, unknown>>;

export async function openTransitLink(path: string): Promise<TransitLink> {
  const socket = await connected(path);
  const waiting = new Map<number, (answer: Answer) => void>();
  let see: (packet: WirePacket) => void = () => undefined;
  let ids = 0;
  onLines(socket, (line) => {
    const told = JSON.parse(line) as Answer | WirePacket;
    if ('at' in told && 'fate' in told) return see(told as WirePacket);
    const answer = told as Answer;
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  socket.on('close', () => {
    for (const [id, tell] of waiting) tell({ id, error: 'the router is gone' });
    waiting.clear();
  });
  const order = (what: string, more: object = {}) =>
    new Promise<Answer>((resolve, reject) => {
      ids += 1;
      const late = () => reject(new Error(`transit ${what}: no answer`));
      const alarm = setTimeout(late, ANSWER_MS_MAX);
      waiting.set(ids, (answer) => {
        clearTimeout(alarm);
        if (answer.error === undefined) resolve(answer);
        else reject(new Error(`transit ${what}: ${answer.error}`));
      });
      socket.write(`${JSON.stringify({ id: ids, do: what, ...more })}\n`);
    });
  const state = async () => (await order('state')) as unknown as TransitState;
  return {
    route: async (rule, who) => void (await order('route', { rule, ...(who && { who }) })),
    link: async (between, setting) => void (await order('link', { between, setting })),
    async watch(eye) {
      see = eye;
      await order('watch');
    },
    state,
    async isRunning(name) {
      const program = (await state()).programs[name];
      return program !== undefined && (program.code ?? undefined) === undefined;
    },
    start: async (program) => Number((await order('start', program))['pid']),
    signal: async (name, signal) => void (await order('signal', { name, signal })),
    close: () => socket.destroy(),
  };
}

function connected(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}

function onLines(socket: Socket, take: (line: string) => void): void {
  let rest = '';
  socket.setEncoding('latin1');
  socket.on('data', (piece: string) => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  });
}
