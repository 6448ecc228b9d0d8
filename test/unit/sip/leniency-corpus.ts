import type { Oddity } from '../../../lib/sip/message.ts';
import type { Change } from './sample.ts';

export type Case = readonly [what: string, change: Change, oddities?: readonly Oddity[]];

const line = (text: string, ...oddities: Oddity[]): Case => [text, { lines: [text] }, oddities];
const target = (uri: string): Case => [
  `R-URI and To ${uri}`,
  { startLine: `INVITE ${uri} SIP/2.0`, set: { To: `<${uri}>` } },
];
const bare = (text: string): Case => [
  `R-URI and To the bare text ${text}`,
  { startLine: `INVITE ${text} SIP/2.0`, set: { To: text } },
];
const set = (name: string, value: string | undefined, ...oddities: Oddity[]): Case => [
  `${name}: ${value ?? '(absent)'}`,
  { set: { [name]: value } },
  oddities,
];
const MSD = '\x02\x30\x00\xff\xfe\x80\x41\x00\x42';

/** Every irregularity with which emergency calls have been seen to come, or must be expected to. */
export const CORPUS: readonly Case[] = [
  ['nothing', {}],
  bare('911'),
  bare('test_incorrect'),
  target('urn:service:911'),
  target('tel:112'),
  target('tel:112;phone-context=+46'),
  target('sip:112@192.0.2.9;user=phone'),
  ['R-URI a test call', { startLine: 'INVITE urn:service:test.sos.ambulance SIP/2.0' }],
  ['R-URI an eCall', { startLine: 'INVITE urn:service:sos.ecall.automatic SIP/2.0' }],
  line('Resource-Priority: ;;;'),
  set('Contact', 'sip:foo bar'),
  line('Geolocation: <<<'),
  line('Date: yesterday'),
  line('Session-Expires: abc'),
  line('Replaces: ;;'),
  line('P-Asserted-Identity: <tel:abc'),
  line('X Foo: bar', 'bad-header-name'),
  line('garbage line here', 'junk-line'),
  line('Call-Info: foo bar;;purpose'),
  set('From', '"\xc3\x85sa \xc3\x96st" <sip:+46701234567@op.example>;tag=1'),
  [
    'Latin-1 bytes in Subject',
    { set: { From: '"X" <sip:+46@op>;tag=1' }, lines: ['Subject: r\xf6k'] },
  ],
  set('Max-Forwards', undefined),
  set('Contact', undefined),
  line('Min-SE: x'),
  line('Accept: foo'),
  line('Supported: ,,,'),
  line('Route: sip:foo'),
  line('History-Info: sip:foo'),
  line('Record-Route: <sip:x'),
  [
    'a binary body',
    { lines: ['Content-Type: application/EmergencyCallData.eCall.MSD'], body: MSD },
  ],
  line('Privacy:'),
  line('P-Asserted-Identity:'),
  line('Call-Info:'),
  set('From', 'sip:+46701234567@op.example;tag=1'),
  set('Content-Length', 'abc', 'content-length'),
  line('From: <sip:other@op.example>;tag=2', 'duplicate-header'),
  line('Max-Forwards: 69', 'duplicate-header'),
  [
    'two Content-Type',
    {
      lines: ['Content-Type: application/sdp', 'Content-Type: application/sdp'],
      body: 'v=0\r\n',
    },
    ['duplicate-header'],
  ],
  line('Reason:'),
  line('Priority:'),
  set('From', '<sip:+46701234567@my_host>;tag=1'),
  line('Date: 2025-01-01T00:00:00Z'),
  line('P-Preferred-Identity: foo@@'),
  line('User-Agent:'),
  line('Allow: INVITE,,ACK,'),
  line('Expires: -1'),
  line('Timestamp: x'),
];
