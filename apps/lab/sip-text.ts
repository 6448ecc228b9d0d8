/**
 * A SIP message as the players of the lab read it: by their own few lines, so that a fault of
 * ours in reading does not hide itself here.
 */
export type SipText = {
  readonly first: string;
  /** Of a request. */
  readonly method: string | undefined;
  /** Of a response. */
  readonly status: number | undefined;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
};

const SHORT: Readonly<Record<string, string>> = {
  i: 'call-id',
  f: 'from',
  t: 'to',
  v: 'via',
  m: 'contact',
  l: 'content-length',
};

/** Nothing for what is no SIP, such as a keep-alive. */
export function readSip(text: string): SipText | undefined {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const status = /^SIP\/2\.0 (\d{3}) /.exec(first)?.[1];
  const method = /^([A-Z]+) \S+ SIP\/2\.0$/.exec(first)?.[1];
  if (status === undefined && method === undefined) return undefined;
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    return [SHORT[name] ?? name, line.slice(colon + 1).trim()] as const;
  });
  const body = rest.join('\r\n\r\n');
  return {
    first,
    method,
    status: status === undefined ? undefined : Number(status),
    headers,
    body,
  };
}

export function headersOf({ headers }: SipText, name: string): readonly string[] {
  return headers.filter(([known]) => known === name).map(([, value]) => value);
}

export const headerOf = (message: SipText, name: string) => headersOf(message, name)[0] ?? '';
export const callIdOf = (message: SipText) => headerOf(message, 'call-id');
export const cseqOf = (message: SipText) => headerOf(message, 'cseq');
export const branchOf = (message: SipText) =>
  /;branch=([^;,\s]+)/.exec(headerOf(message, 'via'))?.[1] ?? '';

export const tagOf = (value: string | undefined) => /;tag=([^;\s]+)/.exec(value ?? '')?.[1];
export const userOf = (value: string | undefined) => /sips?:([^@>;]+)@/.exec(value ?? '')?.[1];
export const uriOf = (value: string) => /<([^>]+)>/.exec(value)?.[1] ?? value.split(';')[0] ?? '';

/** Host and port of a SIP URI. */
export function hostOf(uri: string): { readonly host: string; readonly port: number } {
  const [, host = '', port = '5060'] = /^sips?:(?:[^@]*@)?([\d.]+)(?::(\d+))?/.exec(uri) ?? [];
  return { host, port: Number(port) };
}

/** Joins lines and a body, and counts the body. */
export function writeSip(lines: readonly string[], body = ''): string {
  return [...lines, `Content-Length: ${body.length}`, '', body].join('\r\n');
}

/** A response with what it must repeat of its request. */
export function responseTo(
  request: SipText,
  status: string,
  more: { readonly tag?: string; readonly lines?: readonly string[]; readonly body?: string } = {},
): string {
  const to = headerOf(request, 'to');
  const tag = tagOf(to) === undefined && more.tag !== undefined ? `;tag=${more.tag}` : '';
  return writeSip(
    [
      `SIP/2.0 ${status}`,
      ...headersOf(request, 'via').map((via) => `Via: ${via}`),
      `From: ${headerOf(request, 'from')}`,
      `To: ${to}${tag}`,
      `Call-ID: ${callIdOf(request)}`,
      `CSeq: ${cseqOf(request)}`,
      ...(more.lines ?? []),
    ],
    more.body,
  );
}

export function sdpOf(address: string, version = 1, direction = 'sendrecv'): string {
  return [
    'v=0',
    `o=- 4711 ${version} IN IP4 ${address}`,
    's=-',
    `c=IN IP4 ${address}`,
    't=0 0',
    'm=audio 40000 RTP/AVP 8',
    'a=rtpmap:8 PCMA/8000',
    `a=${direction}`,
    '',
  ].join('\r\n');
}
