import { invalid, type TortureMessage, text, valid } from './torture-message.ts';

/** The headers that the caller of most messages writes. */
function lines(name: string, method: string, ...others: readonly string[]): readonly string[] {
  return [
    'From: <sip:lena@callers.example>;tag=v6',
    `Call-ID: ${name}@torture.example`,
    `CSeq: 51180 ${method}`,
    'Max-Forwards: 70',
    ...others,
  ];
}

const via = (name: string, sentBy: string, more = '') =>
  `Via: SIP/2.0/UDP ${sentBy}${more};branch=z9hG4bK-${name}`;

const register = (name: string, uri: string) => [
  `REGISTER ${uri} SIP/2.0`,
  via(name, '[2001:db8::a:1]'),
  'To: <sip:lena@callers.example>',
  ...lines(name, 'REGISTER', 'Contact: "Lena" <sip:lena@[2001:db8::a]>', 'Content-Length: 0'),
];

const sessions = (...body: readonly string[]) => text(...body, '');

function invite(name: string, top: readonly string[], contact: string, body: Buffer) {
  return [
    'INVITE sip:user@[2001:db8::10] SIP/2.0',
    ...top,
    'To: <sip:user@[2001:db8::10]>',
    ...lines(
      name,
      'INVITE',
      `Contact: "Lena" <sip:lena@${contact}>`,
      'Content-Type: application/sdp',
      `Content-Length: ${body.length}`,
    ),
    body,
  ];
}

const options = (name: string, host: string) => [
  `OPTIONS sip:user@${host} SIP/2.0`,
  via(name, 'lab.callers.example'),
  `To: <sip:user@${host}>`,
  ...lines(name, 'OPTIONS', 'Content-Length: 0'),
];

const reference: readonly TortureMessage[] = [
  valid('4.1', 'ipv6-good', 'Valid SIP Message with an IPv6 Reference', [
    ...register('ipv6-good', 'sip:[2001:db8::10]'),
  ]),
  invalid('4.2', 'ipv6-bad', 'Invalid SIP Message with an IPv6 Reference', [
    ...register('ipv6-bad', 'sip:2001:db8::10'),
  ]),
  valid('4.3', 'port-ambiguous', 'Port Ambiguous in a SIP URI', [
    ...register('port-ambiguous', 'sip:[2001:db8::10:5070]'),
  ]),
  valid('4.4', 'port-unambiguous', 'Port Unambiguous in a SIP URI', [
    ...register('port-unambiguous', 'sip:[2001:db8::10]:5070'),
  ]),
  valid('4.5', 'via-received-param-with-delim', 'IPv6 Reference Delimiters in Via Header', [
    'BYE sip:[2001:db8::10] SIP/2.0',
    via('received-with', '[2001:db8::a:1]', ';received=[2001:db8::a:255]'),
    'To: <sip:user@callees.example>;tag=nobody-here',
    ...lines('received-with', 'BYE', 'Content-Length: 0'),
  ]),
  valid('4.5', 'via-received-param-no-delim', 'IPv6 Reference Delimiters in Via Header', [
    'OPTIONS sip:[2001:db8::10] SIP/2.0',
    via('received-no', '[2001:db8::a:1]', ';received=2001:db8::a:255'),
    'To: <sip:user@callees.example>',
    ...lines('received-no', 'OPTIONS', 'Contact: <sip:lena@[2001:db8::a]>', 'Content-Length: 0'),
  ]),
];

const several: readonly TortureMessage[] = [
  valid('4.6', 'ipv6-in-sdp', 'SIP Request with IPv6 Addresses in SDP Body', [
    ...invite(
      'ipv6-in-sdp',
      [via('ipv6-in-sdp', '[2001:db8::a]')],
      '[2001:db8::a]',
      sessions(
        'v=0',
        'o=lena 5118 1 IN IP6 2001:db8::a',
        's=-',
        'c=IN IP6 2001:db8::a',
        't=0 0',
        'm=audio 6000 RTP/AVP 8',
        'm=video 6024 RTP/AVP 107',
        'a=rtpmap:107 H263-1998/90000',
      ),
    ),
  ]),
  valid('4.7', 'mult-ip-in-header', 'Multiple IP Addresses in SIP Headers', [
    'BYE sip:user@callees.example SIP/2.0',
    via('mult-ip-1', '[2001:db8::a:1]:6050'),
    via('mult-ip-2', '192.0.2.1'),
    'Via: SIP/2.0/TCP [2001:db8::a:255];branch=z9hG4bK-mult-ip-3;received=192.0.2.200',
    'To: <sip:user@callees.example>;tag=nobody-here',
    ...lines('mult-ip-in-header', 'BYE', 'Content-Length: 0'),
  ]),
  valid('4.8', 'mult-ip-in-sdp', 'Multiple IP Addresses in SDP', [
    ...invite(
      'mult-ip-in-sdp',
      [via('mult-ip-in-sdp', '[2001:db8::a:1]')],
      '[2001:db8::a:1]',
      sessions(
        'v=0',
        'o=lena 5118 1 IN IP4 host.callers.example',
        's=-',
        't=0 0',
        'm=audio 22334 RTP/AVP 0',
        'c=IN IP4 192.0.2.1',
        'm=video 6024 RTP/AVP 107',
        'c=IN IP6 2001:db8::1',
        'a=rtpmap:107 H263-1998/90000',
      ),
    ),
  ]),
  valid('4.9', 'ipv4-mapped-ipv6', 'IPv4-Mapped IPv6 Addresses', [
    ...invite(
      'ipv4-mapped-ipv6',
      [via('mapped-1', '[::ffff:192.0.2.10]:19823'), via('mapped-2', '[::ffff:192.0.2.2]')],
      '[::ffff:192.0.2.2]',
      sessions(
        'v=0',
        'o=lena 5118 1 IN IP6 ::ffff:192.0.2.2',
        's=-',
        'c=IN IP6 ::ffff:192.0.2.2',
        't=0 0',
        'm=audio 6000 RTP/AVP 8',
      ),
    ),
  ]),
  invalid('4.10', 'ipv6-bug-abnf-3-colons', 'IPv6 Reference Bug in RFC 3261 ABNF', [
    ...options('3-colons', '[2001:db8:::192.0.2.1]'),
  ]),
  valid('4.10', 'ipv6-correct-abnf-2-colons', 'IPv6 Reference Bug in RFC 3261 ABNF', [
    ...options('2-colons', '[2001:db8::192.0.2.1]'),
  ]),
];

/**
 * Each message that RFC 5118 describes, in its order and by its names, in words of our own: every
 * one has a Call-ID of its own, so that all of them can be sent to one node.
 */
export const RFC_5118: readonly TortureMessage[] = [...reference, ...several];

/** The same message as an INVITE of a new call. */
export function asInvite({ name, bytes }: TortureMessage, to: string): Buffer {
  const written = bytes
    .toString('latin1')
    .replace(/^[A-Z]+/, 'INVITE')
    .replace(/^(CSeq: \d+) [A-Z]+/m, '$1 INVITE')
    .replace(/^(To: .*);tag=nobody-here/m, '$1')
    .replace(/^(Call-ID): .*/m, `$1: ${name}-${to}`)
    .replace(/branch=z9hG4bK/, `branch=z9hG4bK-${to}`);
  return Buffer.from(written, 'latin1');
}
