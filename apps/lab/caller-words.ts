import type { Host } from './caller-line.ts';
import { headerOf, hostOf, type SipText, uriOf, writeSip } from './sip-text.ts';
import { ANYCAST, SIP_PORT } from './topology.ts';

/**
 * How a caller takes the Contact of the answer:
 * H honours it; P sends everything through A, its outbound proxy; I does not read it; S honours it,
 * behind a firewall that knows A alone; T stays on its TCP connection to A.
 */
export type CallerType = 'H' | 'P' | 'I' | 'S' | 'T';

export const A: Host = { host: ANYCAST, port: SIP_PORT };

/** What every message of one call repeats. */
export type CallNames = {
  readonly type: CallerType;
  readonly transport: 'UDP' | 'TCP';
  readonly local: Host;
  /** The user of From: it crosses to leg b, and no other call has it. */
  readonly name: string;
  readonly dialled: string;
  readonly callId: string;
};

export type Worded = { readonly text: string; readonly target: Host };
export type Body = { readonly type: string; readonly text: string };

const firstUri = ({ dialled }: CallNames) => `sip:${dialled}@${ANYCAST}`;

export function inviteText(names: CallNames, body: Body, more: readonly string[] = []): string {
  const lines = [...opening(names, 'INVITE', firstUri(names), inviteBranch(names))];
  lines.push(`To: <${firstUri(names)}>`, ...naming(names, '1 INVITE'), ...more);
  return writeSip([...lines, contactLine(names), `Content-Type: ${body.type}`], body.text);
}

/** Goes where the INVITE went, under its branch. */
export function cancelText(names: CallNames): string {
  const lines = opening(names, 'CANCEL', firstUri(names), inviteBranch(names));
  return writeSip([...lines, `To: <${firstUri(names)}>`, ...naming(names, '1 CANCEL')]);
}

/** Goes where the refused INVITE went, under its branch. */
export function refusalAck(names: CallNames, refusal: SipText): Worded {
  const number = Number.parseInt(headerOf(refusal, 'cseq'), 10);
  const branch = number === 1 ? inviteBranch(names) : branchFor(names, `${number} INVITE`);
  const { uri, target } = wayOf(names, number === 1 ? undefined : refusal);
  const lines = opening(names, 'ACK', uri, branch);
  lines.push(`To: ${headerOf(refusal, 'to')}`, ...naming(names, `${number} ACK`));
  return { text: writeSip(lines), target };
}

export type Asked = {
  readonly method: string;
  readonly cseq: number;
  /** The response that made the dialog; absent outside of one. */
  readonly answer: SipText | undefined;
  /** A To of another's making. */
  readonly to?: string | undefined;
  readonly lines?: readonly string[];
  readonly body?: string;
};

export function requestText(names: CallNames, asked: Asked): Worded {
  const { method, cseq, answer, lines: more = [], body = '' } = asked;
  const { uri, target, route } = wayOf(names, answer);
  const to = asked.to ?? (answer === undefined ? `<${uri}>` : headerOf(answer, 'to'));
  const lines = opening(names, method, uri, branchFor(names, `${cseq} ${method}`));
  lines.push(...route, `To: ${to}`, ...naming(names, `${cseq} ${method}`), ...more);
  if (method === 'INVITE' || method === 'REFER') lines.push(contactLine(names));
  if (method === 'REFER') lines.push('Refer-To: <sip:somebody@example.org>');
  if (body !== '') lines.push('Content-Type: application/sdp');
  return { text: writeSip(lines, body), target };
}

/** R-URI and next hop within the dialog, as the type of the caller has it. */
function wayOf(names: CallNames, answer: SipText | undefined) {
  const first = { uri: firstUri(names), target: A, route: [] as string[] };
  const contact = answer === undefined ? '' : headerOf(answer, 'contact');
  if (contact === '') return first;
  const uri = uriOf(contact);
  switch (names.type) {
    case 'H':
    case 'S':
      return { uri, target: hostOf(uri), route: [] };
    case 'P':
      return { uri, target: A, route: [`Route: <sip:${ANYCAST};lr>`] };
    case 'I':
      return first;
    case 'T':
      return { uri, target: A, route: [] };
  }
}

function opening(names: CallNames, method: string, uri: string, branch: string): string[] {
  const { transport, local } = names;
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/${transport} ${local.host}:${local.port};branch=${branch};rport`,
    'Max-Forwards: 70',
  ];
}

const naming = (names: CallNames, cseq: string) => [
  `From: <sip:${names.name}@${names.local.host}>;tag=${fromTag(names)}`,
  `Call-ID: ${names.callId}`,
  `CSeq: ${cseq}`,
];

export const fromTag = ({ name }: CallNames) => `f-${name}`;

export function contactLine({ local, transport }: CallNames): string {
  const parameter = transport === 'TCP' ? ';transport=tcp' : '';
  return `Contact: <sip:caller@${local.host}:${local.port}${parameter}>`;
}

const inviteBranch = (names: CallNames) => branchFor(names, '1 INVITE');
const branchFor = ({ name }: CallNames, cseq: string) =>
  `z9hG4bK-${name}-${cseq.replace(' ', '-')}`;
