import { bytesOf, type Octets, octetsOf } from '../../base/brands.ts';

/** One question to rtpengine, as its ng protocol has it; an absent field is left out. */
export type NgRequest = {
  readonly command: string;
  readonly [key: string]: string | number | readonly string[] | undefined;
};

/** Its ports are free at once; by itself rtpengine keeps what is deleted for half a minute. */
export function deleteRequest(anchorId: string): NgRequest {
  return { command: 'delete', 'call-id': anchorId, 'delete delay': 0 };
}

export type NgReply =
  | { readonly kind: 'done'; readonly sdp: Octets | undefined; readonly fields: NgFields }
  /** It was understood, and is not done. */
  | { readonly kind: 'refused'; readonly reason: string };

/** The whole reply, of which nothing is known yet. */
export type NgFields = Readonly<Record<string, unknown>>;

/**
 * A cookie, a space and JSON: octets cross as the characters of the same number, so that each byte
 * of an SDP comes back as it went, whatever its character set.
 */
export function writeRequest(cookie: string, request: NgRequest): Buffer {
  return Buffer.from(`${cookie} ${JSON.stringify(request)}`, 'utf8');
}

/** The cookie that a message begins with, and what follows; undefined: it is no reply. */
export function readReply(
  bytes: Buffer,
): { readonly cookie: string; readonly reply: NgReply } | undefined {
  const space = bytes.indexOf(0x20);
  if (space <= 0) return undefined;
  const fields = fieldsOf(parsed(bytes.toString('utf8', space + 1)));
  if (fields === undefined) return undefined;
  return { cookie: bytes.toString('latin1', 0, space), reply: replyOf(fields) };
}

function replyOf(fields: NgFields): NgReply {
  const { result, sdp } = fields;
  if (result !== 'ok' && result !== 'pong') {
    const reason = fields['error-reason'];
    return { kind: 'refused', reason: typeof reason === 'string' ? reason : 'without a reason' };
  }
  if (typeof sdp !== 'string') return { kind: 'done', sdp: undefined, fields };
  if (BEYOND_OCTETS.test(sdp)) return { kind: 'refused', reason: 'the SDP came back garbled' };
  return { kind: 'done', sdp: octetsOf(bytesOf(sdp)), fields };
}

const BEYOND_OCTETS = /[^\0-\xff]/;

/** What a JSON object holds; undefined: it is none. */
export function fieldsOf(value: unknown): NgFields | undefined {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMap ? { ...value } : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whoever sent this does not speak the protocol.
    return undefined;
  }
}
