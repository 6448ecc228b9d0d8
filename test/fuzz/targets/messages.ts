import { NO_OCTETS, type Octets } from '../../../lib/base/brands.ts';
import { composeResponse, replyTo } from '../../../lib/engine/builtin/proto/compose.ts';
import {
  inOrder,
  nextOurs,
  requestInDialog,
  uacDialog,
  uasDialog,
} from '../../../lib/engine/builtin/proto/dialog.ts';
import { fenced } from '../../../lib/engine/builtin/proto/fence.ts';
import { cancelledKey, responseKey, serverKey } from '../../../lib/engine/builtin/proto/match.ts';
import { gatewayHop } from '../../../lib/engine/builtin/proto/next-hop.ts';
import { languagesIn } from '../../../lib/sip/accept-language.ts';
import { HEADER_LINES_MAX } from '../../../lib/sip/header-block.ts';
import { header } from '../../../lib/sip/header-names.ts';
import { tagOf, uriText } from '../../../lib/sip/ids.ts';
import type { Parsed, SipMessage, SipRequest } from '../../../lib/sip/message.ts';
import { MESSAGE_BYTES_MAX, parse } from '../../../lib/sip/parse.ts';
import { sdpIn, sdpPartOf, withSdp } from '../../../lib/sip/sdp-part.ts';
import { writeRequest, writeResponse } from '../../../lib/sip/write.ts';
import type { Choices } from '../choices.ts';
import { message, written } from '../generators/messages.ts';
import { mutated, swollen } from '../generators/mutate.ts';
import { SEEDS } from '../seeds.ts';
import { must, mustBeSame, type Target } from '../target.ts';

const SOURCE = { address: '192.0.2.7', port: 1024 };
const OURS = [
  { address: '10.0.0.11', port: 5060, transport: 'udp', role: 'gateway', advertise: undefined },
] as const;

/** Whole messages: right ones, and right ones that were changed in any way. */
export const MESSAGES: Target = {
  name: 'messages',
  share: 24_000,
  run(choices) {
    const kind = choices.below(20);
    if (kind < 5) return rightOne(choices);
    const base = kind < 14 ? written(message(choices), choices) : choices.pick(SEEDS);
    const text = kind === 19 && choices.chance(0.1) ? swollen(choices, base) : base;
    const bytes = Buffer.from(mutated(choices, text), 'latin1');
    choices.shown = bytes;
    check(parse(bytes), bytes);
    return undefined;
  },
};

/** What was written by the rules is read as it was meant. */
function rightOne(choices: Choices): void {
  const parts = message(choices);
  const bytes = Buffer.from(written(parts, choices), 'latin1');
  choices.shown = bytes;
  const read = parse(bytes);
  must(read.kind !== 'fault', 'a right message is a fault', read);
  if (read.kind === 'fault') return;
  mustBeSame(read.oddities, [], 'a right message is odd');
  mustBeSame(read.body, parts.body, 'the body');
  const names = read.headers.slice(0, -1).map((one) => [one.written, one.value]);
  mustBeSame(names, parts.headers, 'the headers');
  check(read, bytes);
}

/** Everything that a received message goes through. */
function check(read: Parsed, bytes: Buffer): void {
  must(read.headers.length <= HEADER_LINES_MAX, 'more headers than are taken', read.headers.length);
  languagesIn(read.headers);
  if (read.kind === 'fault') return;
  must(read.oddities.length <= HEADER_LINES_MAX + 8, 'more oddities than lines');
  must(read.body.length <= bytes.length, 'a body longer than its message');
  sdpStays(read);
  const again = write(read);
  // Ours is a line more, and a longer one, than some that were received.
  const isFull = again.length > MESSAGE_BYTES_MAX || read.headers.length === HEADER_LINES_MAX;
  if (!isFull) comesBack(read, again);
  if (read.kind === 'request') answered(read);
  else {
    responseKey(read);
    const dialog = uacDialog(read, uriText('sip:invited@192.0.2.1'));
    gatewayHop(dialog, SOURCE, OURS);
  }
}

const write = (read: SipMessage) =>
  read.kind === 'request' ? writeRequest(read) : writeResponse(read);

/** What a writer does not write: it would be a line, or an end, of the sender's choice. */
const bare = (text: string, instead = '') =>
  text.replaceAll(/[\0\r\n]/g, instead).replaceAll(/^[ \t]+|[ \t]+$/g, '');

function comesBack(read: SipMessage, bytes: Buffer): void {
  const back = parse(bytes);
  // What is left of a value without its NULs may be no value.
  const isClean = !/[\0\r]/.test(read.headers.map(({ value }) => value).join(''));
  if (back.kind === 'fault' && !isClean) return;
  must(back.kind === read.kind, 'what was written is read as something else', back);
  if (back.kind === 'fault') return;
  mustBeSame(back.body, read.body, 'the body that was written');
  const lines = (one: SipMessage) =>
    one.headers
      .filter(({ name }) => name !== 'content-length')
      .map(({ name, written: as, value }) => [name, as, bare(value, ' ')]);
  mustBeSame(lines(back), lines(read), 'the headers that were written');
  must(!back.oddities.includes('content-length'), 'a Content-Length of ours is odd');
  must(!back.oddities.includes('junk-line'), 'a line of ours is junk');
  must(write(back).equals(bytes) || !isClean, 'written twice it differs');
  if (!isClean) return;
  const meaning = ({ via, from, to, callId, cseq }: SipMessage) => [via, from, to, callId, cseq];
  mustBeSame(meaning(back), meaning(read), 'what the headers mean');
  if (back.kind === 'request' && read.kind === 'request') {
    mustBeSame([back.method, bare(back.uri)], [read.method, bare(read.uri)], 'the request line');
  }
  if (back.kind === 'response' && read.kind === 'response') {
    mustBeSame([back.status, bare(back.reason)], [read.status, bare(read.reason)], 'the status');
  }
}

/** Replacing the SDP moves nothing else. */
function sdpStays({ headers, body }: SipMessage): void {
  const part = sdpPartOf(headers, body);
  if (part === undefined) return;
  must(part.at >= 0 && part.at <= part.end && part.end <= body.length, 'SDP outside', part);
  const same = withSdp(body, part, sdpIn(body, part));
  must(same === body, 'the SDP put back makes another body');
  const other = withSdp(body, part, 'v=0\r\n' as Octets);
  must(other.length === body.length - (part.end - part.at) + 5, 'other bytes moved');
}

/** A response, and a dialog, to whatever request. */
function answered(request: SipRequest): void {
  serverKey(request);
  cancelledKey(request);
  const tag = tagOf('ours');
  const reply = replyTo(request, SOURCE);
  const more = fenced([header('Warning', '399 x "y"'), ...request.headers.slice(0, 20)]);
  const status = {
    status: 200,
    reason: 'OK',
    tag,
    formsDialog: true,
    headers: [],
    body: NO_OCTETS,
  };
  const bytes = composeResponse(reply, status);
  // A CSeq that was half a one goes back as it came.
  const isWhole = !request.oddities.includes('cseq-method');
  const isClean = isWhole && !/[\0\r]/.test(request.headers.map(({ value }) => value).join(''));
  if (bytes.length < MESSAGE_BYTES_MAX && isClean && reply.vias.length < 200) {
    const sent = parse(bytes);
    must(sent.kind === 'response', 'our response is none', sent);
    if (sent.kind === 'response') {
      mustBeSame([sent.callId, sent.from.tag], [request.callId, request.from.tag], 'its call');
      mustBeSame(sent.to.tag, request.to.tag ?? tag, 'the tag of our response');
      mustBeSame(sent.via.branch, request.via.branch, 'the branch of our response');
    }
  }
  const dialog = uasDialog(request, tag);
  must(inOrder(dialog, request.cseq.number) !== undefined, 'its own number is out of order');
  const via = header('Via', 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKours');
  const parts = { method: 'BYE', number: nextOurs(dialog).localSeq, via, headers: more };
  writeRequest(requestInDialog(dialog, parts));
  gatewayHop(dialog, SOURCE, OURS, 'tcp');
}
