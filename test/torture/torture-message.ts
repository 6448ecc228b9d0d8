/** One message of RFC 4475. */
export type TortureMessage = {
  readonly section: string;
  /** As the RFC calls it: `wsinv`. */
  readonly name: string;
  readonly title: string;
  readonly isRequest: boolean;
  /** Whether the RFC calls it well-formed. */
  readonly isValid: boolean;
  readonly bytes: Buffer;
};

/** Start line and header lines, without line breaks; the body, if there is one, comes last. */
type Parts = readonly (string | Buffer)[];

export function valid(section: string, name: string, title: string, parts: Parts) {
  return message(section, name, title, true, parts);
}

export function invalid(section: string, name: string, title: string, parts: Parts) {
  return message(section, name, title, false, parts);
}

function message(
  section: string,
  name: string,
  title: string,
  isValid: boolean,
  parts: Parts,
): TortureMessage {
  const lines = parts.filter((part) => typeof part === 'string');
  const bodies = parts.filter((part) => typeof part !== 'string');
  const bytes = Buffer.concat([text(...lines, '', ''), ...bodies]);
  return { section, name, title, isRequest: !lines[0]?.startsWith('SIP/'), isValid, bytes };
}

/** A body: these lines with line breaks between them; an empty last one ends it with a break. */
export function text(...lines: readonly string[]): Buffer {
  return Buffer.from(lines.join('\r\n'), 'utf8');
}

type SdpOptions = { readonly connection?: string; readonly start?: string };

/** The session that most of the messages offer. */
export function sdp(origin: string, { connection = origin, start = '0' }: SdpOptions = {}): Buffer {
  return text(
    'v=0',
    `o=mhandley 29739 7272939 IN IP4 ${origin}`,
    's=-',
    `c=IN IP4 ${connection}`,
    `t=${start} 0`,
    'm=audio 49217 RTP/AVP 0 12',
    'm=video 3227 RTP/AVP 31',
    'a=rtpmap:31 LPC',
    '',
  );
}

/** Two parts between boundaries; the second one is binary and holds NUL bytes. */
export function multipart(boundary: string, hexLines: readonly string[]): Buffer {
  const part = (type: string) =>
    text(`--${boundary}`, `Content-Type: ${type}`, 'Content-Transfer-Encoding: binary', '', '');
  return Buffer.concat([
    part('text/plain'),
    text('Hello', ''),
    part('application/octet-stream'),
    Buffer.from(hexLines.join(''), 'hex'),
    text('', `--${boundary}--`, ''),
  ]);
}
