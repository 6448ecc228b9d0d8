import type { Choices } from '../choices.ts';

const TOKEN = "abcdefgxyz0189-.!%*_+`'~";
const USER = "abcxyz019&=+$,;?/-_.!~*'()%";
const DIGITS = '0123456789';

export const METHODS = [
  'INVITE',
  'ACK',
  'BYE',
  'CANCEL',
  'OPTIONS',
  'UPDATE',
  'INFO',
  'PRACK',
  'REFER',
  'MESSAGE',
  'NOTIFY',
  'SUBSCRIBE',
  'REGISTER',
  'invite',
  'X-any.1',
] as const;

export const token = (choices: Choices) => choices.word(12, TOKEN);

export function host(choices: Choices): string {
  return choices.pick([
    () => '192.0.2.1',
    () => 'op.example',
    () => `${choices.below(256)}.${choices.below(256)}.${choices.below(256)}.${choices.below(256)}`,
    () => `h${token(choices).replaceAll(/[^a-z0-9]/g, '')}.example`,
    () => '[2001:db8::1]',
    () => `[${choices.word(4, '0123456789abcdef')}::${choices.word(4, '0123456789abcdef')}]`,
  ])();
}

const port = (choices: Choices) => (choices.chance(0.5) ? `:${choices.between(1, 65_536)}` : '');

export function sipUri(choices: Choices): string {
  const scheme = choices.pick(['sip', 'sips', 'SIP']);
  const user = choices.chance(0.7) ? `${choices.word(10, USER)}@` : '';
  const params = choices.list(3, () => {
    const name = choices.pick(['lr', 'transport', 'user', 'maddr', 'ttl', 'method', 'x']);
    return choices.chance(0.7) ? `;${name}=${token(choices)}` : `;${name}`;
  });
  const headers = choices.chance(0.1) ? `?${token(choices)}=${token(choices)}` : '';
  return `${scheme}:${user}${host(choices)}${port(choices)}${params.join('')}${headers}`;
}

export function uri(choices: Choices): string {
  return choices.pick([
    () => 'sip:112@x',
    () => sipUri(choices),
    () => `tel:${choices.word(8, '0123456789-.()+#*')};phone-context=+46`,
    () => `urn:service:${choices.pick(['sos', 'SOS', 'sos.fire', 'test.sos', '911'])}`,
    () => choices.word(6, DIGITS),
    () => `${choices.word(4, 'abcxyz')}:${token(choices)}`,
  ])();
}

/** Any text but line breaks and NUL, without white space at its ends. */
export function anyText(choices: Choices, lengthMax: number): string {
  return choices
    .octets(lengthMax)
    .replaceAll(/[\0\r\n]/g, '~')
    .replaceAll(/^[ \t]+|[ \t]+$/g, '');
}

export function quotedText(choices: Choices): string {
  return `"${anyText(choices, 12).replaceAll(/["\\]/g, '\\$&')}"`;
}

function param(choices: Choices): string {
  const name = choices.pick(['x', 'q', 'expires', 'tag2', 'isub', '+sip.instance']);
  const value = choices.pick([() => token(choices), () => quotedText(choices), () => '0.5']);
  const gap = choices.pick(['', '', ' ', '\t ']);
  return `${gap};${gap}${name}${choices.chance(0.8) ? `${gap}=${gap}${value()}` : ''}`;
}

export const params = (choices: Choices) => choices.list(3, () => param(choices)).join('');

export function nameAddr(choices: Choices, tag?: string): string {
  const display = choices.pick([
    () => '',
    () => `${quotedText(choices)} `,
    () => `${token(choices)} ${token(choices)} `,
    () => quotedText(choices),
  ])();
  const tagged = tag === undefined ? '' : `;tag=${tag}`;
  return `${display}<${uri(choices)}>${params(choices)}${tagged}`;
}

export function via(choices: Choices, branch = `z9hG4bK${token(choices)}`): string {
  const transport = choices.pick(['UDP', 'TCP', 'TLS', 'tcp', 'SCTP']);
  const gap = choices.pick(['', '', ' ']);
  const rport = choices.pick(['', ';rport', ';rport=1024']);
  const received = choices.chance(0.3) ? ';received=192.0.2.7' : '';
  const start = `SIP${gap}/${gap}2.0${gap}/${gap}${transport}`;
  return `${start} ${host(choices)}${port(choices)};branch=${branch}${rport}${received}${params(choices)}`;
}

const LISTS = {
  Supported: ['timer', '100rel', 'path', 'norefersub'],
  Allow: METHODS,
  'Accept-Language': ['sv', 'en;q=0.8', 'da, en-gb;q=0.8', '*;q=0', 'de-CH-1996;q=0.25'],
  Accept: ['application/sdp', 'multipart/mixed;q=0.1', '*/*'],
} as const;

/** One header line of any kind: its name, and a value that is right for it. */
export function headerLine(choices: Choices): readonly [name: string, value: string] {
  const list = <K extends keyof typeof LISTS>(name: K) =>
    choices.list(4, () => choices.pick<string>(LISTS[name])).join(choices.pick([', ', ',', ' , ']));
  const addrs = () => [nameAddr(choices), ...choices.list(2, () => nameAddr(choices))].join(', ');
  return choices.pick<() => readonly [string, string]>([
    () => ['Subject', anyText(choices, 40)],
    () => ['Contact', choices.chance(0.1) ? '*' : addrs()],
    () => [choices.pick(['Route', 'Record-Route', 'Path']), addrs()],
    () => [choices.pick(['Via', 'v', 'VIA']), via(choices)],
    () => [choices.pick(['P-Asserted-Identity', 'History-Info', 'Diversion']), addrs()],
    () => [choices.pick(['Supported', 'k', 'Require', 'Proxy-Require']), list('Supported')],
    () => ['Allow', list('Allow')],
    () => ['Accept-Language', list('Accept-Language')],
    () => ['Accept', list('Accept')],
    () => [
      'Retry-After',
      `${choices.below(99_999)}${choices.pick(['', ' (soon)', ';duration=5'])}`,
    ],
    () => [choices.pick(['Session-Expires', 'x', 'Min-SE', 'Expires']), `${choices.below(9999)}`],
    () => ['Reason', `SIP;cause=${choices.between(100, 700)};text=${quotedText(choices)}`],
    () => ['Warning', `399 ${host(choices)} ${quotedText(choices)}`],
    () => [choices.pick(['Replaces', 'Join', 'Target-Dialog']), dialogReference(choices)],
    () => [choices.pick(['Refer-To', 'r', 'Referred-By', 'b']), nameAddr(choices)],
    () => ['Geolocation', `<cid:${token(choices)}@${host(choices)}>;inserted-by=${host(choices)}`],
    () => ['Timestamp', `${choices.below(99)}.${choices.below(99)}`],
    () => ['Date', 'Sat, 13 Nov 2010 23:29:00 GMT'],
    () => [choices.pick(['RSeq', 'Priority', 'Organization', 'User-Agent']), token(choices)],
    () => [`X-${choices.word(70, TOKEN)}`, anyText(choices, 60)],
  ])();
}

function dialogReference(choices: Choices): string {
  return `${token(choices)}@${host(choices)};to-tag=${token(choices)};from-tag=${token(choices)}`;
}
