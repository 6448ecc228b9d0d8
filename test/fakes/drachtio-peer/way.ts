import { isIP } from 'node:net';
import type { Wires } from '../../../lib/engine/builtin/wires.ts';
import type { Address, Transport } from '../../../lib/sip/address.ts';
import { header } from '../../../lib/sip/header-names.ts';
import { headerValue } from '../../../lib/sip/headers.ts';
import type { Header } from '../../../lib/sip/message.ts';
import { contactUri } from '../../../lib/sip/name-addr.ts';
import { parseUri, sipUri } from '../../../lib/sip/uri.ts';
import type { Flow } from './client-runs.ts';

const PORT_DEFAULT = 5060;

/** Where a request for a URI goes; text: why it cannot. Names are looked up nowhere. */
export function wayTo(wires: Wires, text: string): Flow | string {
  const uri = parseUri(text);
  if (uri.kind !== 'sip') return `invalid request-uri: ${text}`;
  const { host: address, port = PORT_DEFAULT, params } = uri;
  const named = params.find(({ name }) => name === 'transport')?.value?.toLowerCase();
  const transport = named ?? 'udp';
  const listener = wires.listeners.find((one) => one.transport === transport);
  if (listener === undefined) return 'requested protocol/transport not available';
  const isOurs = wires.listeners.some((one) => one.address === address && one.port === port);
  if (isOurs) return 'can not send request to myself';
  if (isIP(address) === 0) return `no address for ${address}`;
  return { wire: wires.of(listener), to: { address, port } };
}

/**
 * The Contact as it leaves: an IPv4 address that is not the listener's becomes the listener's,
 * with its transport behind it; a name stays.
 */
export function contactAsSent(headers: readonly Header[], { wire }: Flow): readonly Header[] {
  const { address, port, transport } = wire.listener;
  return headers.map((line) => {
    if (line.name !== 'contact') return line;
    const text = contactUri(line.value);
    const uri = text === undefined ? undefined : parseUri(text);
    if (text === undefined || uri?.kind !== 'sip' || !/^[\d.]+$/.test(uri.host)) return line;
    if (uri.host === address && (uri.port ?? port) === port) return line;
    const params = uri.params.filter(({ name }) => name !== 'transport');
    const own = sipUri({
      user: uri.user,
      host: address,
      port,
      params: [...params, { name: 'transport', value: transport }],
    });
    return { ...line, value: line.value.replace(text, own) };
  });
}

/** The default Contact: that of the listener a request leaves from. */
export function withContact(headers: readonly Header[], { wire }: Flow): readonly Header[] {
  if (headerValue(headers, 'contact') !== undefined) return headers;
  return [...headers, header('Contact', `<${ownUri(wire.listener)}>`)];
}

export function ownUri(own: Address & { readonly transport: Transport }): string {
  const params = own.transport === 'udp' ? [] : [{ name: 'transport', value: own.transport }];
  return sipUri({ host: own.address, port: own.port, params });
}
