/** One spelling for each address of one host; absent for names and what is no single host's. */
export function hostAddress(text: string): string | undefined {
  return text.includes(':') ? canonicalV6(text) : canonicalV4(text);
}

/** Whether both name one host: addresses by value, names in any case. Brackets are off. */
export function sameHost(one: string, other: string): boolean {
  return one === other || oneSpelling(one) === oneSpelling(other);
}

function oneSpelling(host: string): string {
  return (host.includes(':') ? spelledV6(host) : undefined) ?? host.toLowerCase();
}

/** Multicast and broadcast are above 223, "this network" is 0. */
const PLAIN_V4 =
  /^(?:[1-9]\d?|1\d\d|2[01]\d|22[0-3])(?:\.(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])){3}$/;

function canonicalV4(host: string): string | undefined {
  // Almost every address comes in the one spelling; zeros in front are another one.
  if (PLAIN_V4.test(host)) return host;
  if (!/^(?:\d{1,3}\.){3}\d{1,3}$/.test(host)) return undefined;
  const plain = host.split('.').map(Number).join('.');
  return PLAIN_V4.test(plain) ? plain : undefined;
}

/** An IPv4 address in IPv6 clothes is refused: it would be another spelling of one of ours. */
function canonicalV6(host: string): string | undefined {
  const address = spelledV6(host);
  return address === undefined || NO_HOST.test(address) ? undefined : address;
}

/** The unspecified one, multicast, IPv4 within IPv6, and link-local, which means nothing alone. */
const NO_HOST = /^(?:::|ff.*|::ffff:.*|::[0-9a-f]+:[0-9a-f]+|fe[89ab].:.*)$/;

function spelledV6(host: string): string | undefined {
  const url = `http://[${host}]`;
  return URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : undefined;
}

/** The first address of an IPv6 range, in the one spelling; absent for what is no IPv6 address. */
export function firstV6(address: string, prefix: number): string | undefined {
  const spelled = spelledV6(address);
  if (spelled === undefined) return undefined;
  const groups = groupsOf(spelled).map((group, index) => {
    const bits = Math.max(0, Math.min(16, prefix - 16 * index));
    return (group & (0xffff << (16 - bits)) & 0xffff).toString(16);
  });
  return spelledV6(groups.join(':'));
}

/** All eight, of an address without IPv4 in it. */
function groupsOf(address: string): readonly number[] {
  const [head = '', tail] = address.split('::');
  const read = (text = '') => text.split(':').filter((group) => group !== '');
  const [before, after] = [read(head), read(tail)];
  const missing = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...missing, ...after].map((group) => Number.parseInt(group, 16));
}
