import { octetsOf } from '../../base/brands.ts';
import type { Address } from '../../sip/address.ts';
import type { Tag } from '../../sip/ids.ts';
import type { Core } from './core.ts';
import type { Far } from './far.ts';
import type { Wire } from './wires.ts';

/** Knows what is worked on, should the process die of it, and what it has died of before. */
export interface Quarantine {
  /** Asked of each message before anything looks into it. False: it has killed twice. */
  admits(bytes: Buffer, from: Address): boolean;
}

const LINES_MAX = 256;
const REPEATED = /^(?:via|v|from|f|to|t|call-id|i|cseq)[ \t]*:/i;
const TO = /^(?:to|t)[ \t]*:/i;

/**
 * Answers whether a message must not be worked on. An INVITE among those is refused, so that its
 * caller goes elsewhere; anything else stays unanswered.
 */
export function isSetApart(core: Core, wire: Wire, bytes: Buffer, from: Far): boolean {
  if (core.quarantine === undefined || core.quarantine.admits(bytes, from)) return false;
  const refusal = refusalUnread(bytes, core.statelessTag);
  if (refusal !== undefined) core.wires.send(wire, refusal, from);
  return true;
}

/**
 * A 500 of the lines that it has to repeat, just as they came: whatever reads messages here may be
 * what the process died of. Undefined: it is no INVITE. [3261-8.2.6.2]
 */
function refusalUnread(bytes: Buffer, tag: Tag): Buffer | undefined {
  const [start = '', ...lines] = octetsOf(bytes).split(/\r?\n/, LINES_MAX);
  if (!start.startsWith('INVITE ')) return undefined;
  const repeated: string[] = [];
  let isRepeated = false;
  for (const line of lines) {
    if (line === '') break;
    const isFolded = line.startsWith(' ') || line.startsWith('\t');
    if (!isFolded) isRepeated = REPEATED.test(line);
    if (isRepeated) repeated.push(TO.test(line) ? tagged(line, tag) : line);
  }
  return Buffer.from(
    [
      'SIP/2.0 500 Server Internal Error',
      ...repeated,
      'Warning: 399 landfall "this very message has ended this node before"',
      'Content-Length: 0\r\n\r\n',
    ].join('\r\n'),
    'latin1',
  );
}

const tagged = (line: string, tag: Tag) =>
  /;[ \t]*tag=/i.test(line) ? line : `${line};tag=${tag}`;
