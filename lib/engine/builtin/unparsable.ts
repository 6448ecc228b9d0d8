import { NO_OCTETS } from '../../base/brands.ts';
import type { ReceivedOn } from '../../ports/sip-engine.ts';
import { headerValue } from '../../sip/headers.ts';
import type { Tag } from '../../sip/ids.ts';
import type { Header, SipFault } from '../../sip/message.ts';
import { parseNameAddr, withTag } from '../../sip/name-addr.ts';
import { reasonPhrase } from '../../sip/status.ts';
import { stampVia } from '../../sip/via.ts';
import { warning } from '../../sip/warning.ts';
import { writeResponse } from '../../sip/write.ts';
import type { Core } from './core.ts';
import type { Wire } from './wires.ts';

const REPEATED: ReadonlySet<string> = new Set(['via', 'from', 'call-id', 'cseq']);
const BAD_REQUEST = 400;

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
    core.wires.send(wire, composeBadRequest(fault, receivedOn, core.statelessTag), source);
  }
  core.news.push({ what: 'fault', fault, receivedOn, answered });
}

/** 400 with as much of the request as there is; nothing in it says where to. [3261-21.4.1] */
function composeBadRequest(
  { headers, reason }: SipFault,
  { source }: ReceivedOn,
  tag: Tag,
): Buffer {
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
  return writeResponse({
    status: BAD_REQUEST,
    reason: reasonPhrase(BAD_REQUEST),
    headers: [...repeated, warning('landfall', reason)],
    body: NO_OCTETS,
  });
}
