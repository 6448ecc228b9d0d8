import {
  branchOf,
  callIdOf,
  cseqOf,
  headerOf,
  headersOf,
  responseTo,
  type SipText,
  sdpOf,
  uriOf,
  userOf,
  writeSip,
} from './sip-text.ts';

const T1_MS = 500;
const REPEATS_MAX = 8;
const RESPONSES_MAX = 100;
const RING_MS_MAX = 20_000;
const TALK_MS_MAX = 20_000;
const BUSY_AFTER_MS = 150;
const ANSWER_AFTER_MS = 300;

type Say = (text: string) => void;
type Host = { readonly host: string; readonly port: number };

/** One call at the gateway. Nothing rings or talks for ever: a ghost goes when its time is over. */
export type GatewayLeg = {
  readonly invite: SipText;
  readonly tag: string;
  readonly self: Host;
  say: Say;
  state: 'ringing' | 'answered' | 'talking' | 'over';
  /** The last response to each request, by branch and method: it is repeated, not thought anew. */
  readonly said: Map<string, string>;
  readonly alarms: Set<NodeJS.Timeout>;
  /** What we ask of the other side, until it answers. */
  asking: { readonly cseq: string; stop(): void } | undefined;
  cseq: number;
};

const nameOf = (message: SipText) => `${branchOf(message)} ${message.method}`;

export function openLeg(invite: SipText, self: Host, say: Say): GatewayLeg {
  const leg: GatewayLeg = {
    invite,
    tag: `gw${callIdOf(invite).slice(0, 8)}${Math.floor(performance.now())}`,
    self,
    say,
    state: 'ringing',
    said: new Map(),
    alarms: new Set(),
    asking: undefined,
    cseq: 1,
  };
  respond(leg, invite, '100 Trying');
  const dialled = userOf(invite.first) ?? '';
  if (dialled.startsWith('early')) ringWithMedia(leg);
  else respond(leg, invite, '180 Ringing');
  const afterMs = Number(/-(\d+)$/.exec(dialled)?.[1] ?? ANSWER_AFTER_MS);
  if (dialled.startsWith('busy')) later(leg, BUSY_AFTER_MS, () => refuse(leg, '486 Busy Here'));
  else if (/^(answer|early)/.test(dialled)) later(leg, afterMs, () => answer(leg));
  else if (!dialled.startsWith('ring')) later(leg, ANSWER_AFTER_MS, () => answer(leg));
  later(leg, RING_MS_MAX, () => refuse(leg, '480 Nobody came'));
  return leg;
}

/** A message of a call that is known. */
export function answerIn(leg: GatewayLeg, message: SipText, say: Say): void {
  leg.say = say;
  const again = leg.said.get(nameOf(message));
  if (message.status !== undefined) heardAnswer(leg, message);
  else if (again === undefined) serve(leg, message);
  else say(again);
}

function serve(leg: GatewayLeg, message: SipText): void {
  switch (message.method) {
    case 'ACK':
      acknowledged(leg);
      break;
    case 'CANCEL':
      respond(leg, message, '200 OK');
      refuse(leg, '487 Request Terminated');
      break;
    case 'BYE':
      respond(leg, message, leg.state === 'over' ? '481 Over' : '200 OK');
      end(leg);
      break;
    case 'INVITE':
      respond(leg, message, '200 OK', sdpOf(leg.self.host, 2));
      break;
    default:
      respond(leg, message, '200 OK');
  }
}

/** Once: the way from a gateway loses nothing. */
function ringWithMedia(leg: GatewayLeg): void {
  const isReliable = headersOf(leg.invite, 'supported').join().includes('100rel');
  const lines = isReliable ? ['Require: 100rel', 'RSeq: 1'] : [];
  respond(leg, leg.invite, '183 Session Progress', sdpOf(leg.self.host), lines);
}

function answer(leg: GatewayLeg): void {
  if (leg.state !== 'ringing') return;
  leg.state = 'answered';
  respond(leg, leg.invite, '200 OK', sdpOf(leg.self.host));
  repeat(leg, leg.said.get(nameOf(leg.invite)) ?? '', () => leg.state === 'answered');
  later(leg, TALK_MS_MAX, () => ask(leg, 'BYE'));
}

function refuse(leg: GatewayLeg, status: string): void {
  if (leg.state !== 'ringing') return;
  end(leg);
  respond(leg, leg.invite, status);
  let isAcked = false;
  leg.asking = {
    cseq: '',
    stop: () => {
      isAcked = true;
    },
  };
  repeat(leg, leg.said.get(nameOf(leg.invite)) ?? '', () => !isAcked);
}

function acknowledged(leg: GatewayLeg): void {
  if (leg.state === 'over') leg.asking?.stop();
  if (leg.state !== 'answered') return;
  leg.state = 'talking';
  const [, what, afterMs] =
    /^(hangs-up|reinvites|refers)-(\d+)/.exec(userOf(leg.invite.first) ?? '') ?? [];
  const method = what === undefined ? undefined : ASKS[what];
  if (method !== undefined) later(leg, Number(afterMs), () => ask(leg, method));
}

const ASKS: Readonly<Record<string, string>> = {
  'hangs-up': 'BYE',
  reinvites: 'INVITE',
  refers: 'REFER',
};

/** A request of ours within the call, sent again until it is answered. */
function ask(leg: GatewayLeg, method: string): void {
  if (leg.state === 'over') return;
  if (method === 'BYE') end(leg);
  leg.cseq += 1;
  const text = requestOf(leg, method, `${leg.cseq} ${method}`, `g${leg.tag}${leg.cseq}`);
  let isAnswered = false;
  leg.asking = {
    cseq: `${leg.cseq} ${method}`,
    stop: () => {
      isAnswered = true;
    },
  };
  leg.say(text);
  repeat(leg, text, () => !isAnswered);
}

function heardAnswer(leg: GatewayLeg, message: SipText): void {
  if ((message.status ?? 0) < 200 || leg.asking?.cseq !== cseqOf(message)) return;
  leg.asking.stop();
  if (!cseqOf(message).endsWith('INVITE')) return;
  const isRefused = (message.status ?? 0) >= 300;
  const branch = isRefused ? branchOf(message) : `a${leg.tag}${leg.cseq}`;
  leg.say(requestOf(leg, 'ACK', `${leg.cseq} ACK`, branch));
}

function requestOf(leg: GatewayLeg, method: string, cseq: string, branch: string): string {
  const { invite, self } = leg;
  const [record] = headersOf(invite, 'record-route');
  return writeSip(
    [
      `${method} ${uriOf(headerOf(invite, 'contact'))} SIP/2.0`,
      `Via: SIP/2.0/UDP ${self.host}:${self.port};branch=z9hG4bK${branch.replace('z9hG4bK', '')}`,
      'Max-Forwards: 70',
      ...(record === undefined ? [] : [`Route: ${record}`]),
      `From: ${headerOf(invite, 'to')};tag=${leg.tag}`,
      `To: ${headerOf(invite, 'from')}`,
      `Call-ID: ${callIdOf(invite)}`,
      `CSeq: ${cseq}`,
      `Contact: <sip:gw@${self.host}:${self.port}>`,
      ...(method === 'INVITE' ? ['Content-Type: application/sdp'] : []),
      // To itself: what comes then is another call.
      ...(method === 'REFER' ? [`Refer-To: <sip:answer-100@${self.host}:${self.port}>`] : []),
    ],
    method === 'INVITE' ? sdpOf(self.host, 2, 'sendonly') : '',
  );
}

function respond(
  leg: GatewayLeg,
  request: SipText,
  status: string,
  body = '',
  more: readonly string[] = [],
): void {
  const text = responseTo(request, status, {
    ...(status.startsWith('100') ? {} : { tag: leg.tag }),
    lines: [
      `Contact: <sip:gw@${leg.self.host}:${leg.self.port}>`,
      ...more,
      ...(body === '' ? [] : ['Content-Type: application/sdp']),
    ],
    body,
  });
  if (leg.said.size < RESPONSES_MAX) leg.said.set(nameOf(request), text);
  leg.say(text);
}

function end(leg: GatewayLeg): void {
  leg.state = 'over';
  for (const alarm of leg.alarms) clearTimeout(alarm);
  leg.alarms.clear();
}

function repeat(leg: GatewayLeg, text: string, isWanted: () => boolean, times = 0): void {
  const waitMs = Math.min(T1_MS * 2 ** times, 4000);
  setTimeout(() => {
    if (!isWanted() || times >= REPEATS_MAX) return;
    leg.say(text);
    repeat(leg, text, isWanted, times + 1);
  }, waitMs).unref();
}

function later(leg: GatewayLeg, ms: number, act: () => void): void {
  const alarm = setTimeout(() => {
    leg.alarms.delete(alarm);
    act();
  }, ms);
  leg.alarms.add(alarm);
}
