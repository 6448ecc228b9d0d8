import { NO_OCTETS } from '../../base/brands.ts';
import type { ReceivedOn } from '../../ports/sip-engine.ts';
import { headerValue } from '../../sip/headers.ts';
import type { Tag } from '../../sip/ids.ts';
import type { FaultReason, Header, Parsed, SipFault } from '../../sip/message.ts';
import { parseNameAddr, withTag } from '../../sip/name-addr.ts';
import { parse } from '../../sip/parse.ts';
import { reasonPhrase } from '../../sip/status.ts';
import { stampVia } from '../../sip/via.ts';
import { warning } from '../../sip/warning.ts';
import { writeResponse } from '../../sip/write.ts';
import type { Core } from './core.ts';
import type { Framed } from './proto/framing.ts';
import type { Wire } from './wires.ts';

type Broken = Extract<Framed, { what: 'broken' }>;

const REPEATED: ReadonlySet<string> = new Set(['via', 'from', 'call-id', 'cseq']);
const BAD_REQUEST = 400;
const TOO_LARGE = 413;

/** Answers bytes that are no usable request, if anybody can be answered, and tells the node. */
export function serveUnparsable(
  core: Core,
  fault: SipFault,
  wire: Wire,
  receivedOn: ReceivedOn,
): void {
  const { method, isResponse, via } = fault;
  const answered = !isResponse && method !== undefined && method !== 'ACK' && via !== undefined;
  if (answered) {
    const { source } = receivedOn;
    core.wires.send(wire, composeRefusal(fault, receivedOn, core.statelessTag), source);
  }
  core.news.push({ what: 'fault', fault, receivedOn, answered });
}

/** Answers the message with which a stream was lost. [3261-18.3] */
export function serveBroken(
  core: Core,
  { head, why }: Broken,
  wire: Wire,
  receivedOn: ReceivedOn,
): void {
  const parsed = parse(head ?? Buffer.alloc(0));
  const reason = why === 'too-large' ? 'too-large' : 'truncated';
  serveUnparsable(core, asFault(parsed, reason), wire, receivedOn);
}

function asFault(parsed: Parsed, reason: FaultReason): SipFault {
  if (parsed.kind === 'fault') return { ...parsed, reason };
  const { kind, headers, via } = parsed;
  const isResponse = kind === 'response';
  const method = kind === 'response' ? 'response' : parsed.method;
  return { kind: 'fault', reason, method, isResponse, headers, via };
}

/** 400 or 413 with as much of the request as there is. [3261-21.4.1] */
function composeRefusal({ headers, reason }: SipFault, { source }: ReceivedOn, tag: Tag): Buffer {
  const repeated: Header[] = [];
  for (const line of headers) {
    if (!REPEATED.has(line.name)) continue;
    const isTopVia = line.name === 'via' && repeated.every(({ name }) => name !== 'via');
    repeated.push(isTopVia ? { ...line, value: stampVia(line.value, source) } : line);
  }
  const to = headerValue(headers, 'to');
  if (to !== undefined) {
    const isTagged = parseNameAddr(to)?.tag !== undefined;
    repeated.push({ name: 'to', written: 'To', value: isTagged ? to : withTag(to, tag) });
  }
  const status = reason === 'too-large' ? TOO_LARGE : BAD_REQUEST;
  return writeResponse({
    status,
    reason: reasonPhrase(status),
    headers: [...repeated, warning('landfall', reason)],
    body: NO_OCTETS,
  });
}
