import type { RelayedStray, StrayAnswer } from '../../ports/neighbours.ts';
import type { ListenerRole } from '../../ports/sip-engine.ts';
import type { Address, Transport } from '../../sip/address.ts';
import { MESSAGE_BYTES_MAX } from '../../sip/parse.ts';
import { isWithin, listIn } from '../json-list.ts';

/** Bytes that the receiving site is to send, on the way that the stray came. */
export type ReturnFrame = { readonly number: number; readonly raw: Buffer };

const LENGTH_BYTES = 2;
const NUMBER_BYTES = 4;
const NUMBER_MAX = 2 ** 32 - 1;
const PORT_MAX = 65_535;
const HEAD_BYTES_MAX = 1000;
/** The longest IPv6 literal with a zone. */
const ADDRESS_CHARS_MAX = 64;
const ADDRESS = /^[0-9a-f.:%a-z]+$/i;
const TRANSPORTS: readonly Transport[] = ['udp', 'tcp', 'tls'];
const ROLES: readonly ListenerRole[] = ['anycast', 'unicast', 'gateway'];

/** A list in JSON, behind its length, then the message byte for byte. */
export function writeStray(stray: RelayedStray): Buffer {
  const { number, source, transport, listener, raw, emergency } = stray;
  const { role, address, port } = listener;
  const from = [source.address, source.port];
  const to = [role, address, port];
  const head = Buffer.from(JSON.stringify([number, ...from, transport, ...to, emergency]));
  const length = Buffer.allocUnsafe(LENGTH_BYTES);
  length.writeUInt16BE(head.length, 0);
  return Buffer.concat([length, head, raw]);
}

/**
 * Undefined: it is no stray, whoever wrote it. A newer version may add to the list, and the oldest
 * does not say whether it is of an emergency call.
 */
export function readStray(bytes: Buffer): RelayedStray | undefined {
  if (bytes.length < LENGTH_BYTES) return undefined;
  const end = LENGTH_BYTES + bytes.readUInt16BE(0);
  if (end > LENGTH_BYTES + HEAD_BYTES_MAX || end > bytes.length) return undefined;
  const raw = bytes.subarray(end);
  if (raw.length === 0 || raw.length > MESSAGE_BYTES_MAX) return undefined;
  const fields = listIn(bytes.toString('utf8', LENGTH_BYTES, end));
  const [number, address, port, transport, role, ownAddress, ownPort, emergency] = fields;
  const source = addressOf(address, port);
  const local = addressOf(ownAddress, ownPort);
  const knownTransport = TRANSPORTS.find((one) => one === transport);
  const knownRole = ROLES.find((one) => one === role);
  if (!isWithin(number, NUMBER_MAX) || source === undefined || local === undefined)
    return undefined;
  if (knownTransport === undefined || knownRole === undefined) return undefined;
  return {
    number,
    source,
    transport: knownTransport,
    listener: { ...local, role: knownRole },
    raw,
    emergency: emergency !== false,
  };
}

export function writeAnswer(answer: StrayAnswer): Buffer {
  return Buffer.from(answer.kind === 'moved' ? `moved ${answer.to}` : answer.kind);
}

/** What cannot be read is unknown. */
export function readAnswer(bytes: Buffer): StrayAnswer {
  const text = bytes.toString('latin1', 0, HEAD_BYTES_MAX);
  const [, site] = /^moved (\d{1,4})$/.exec(text) ?? [];
  if (site !== undefined) return { kind: 'moved', to: Number(site) };
  return { kind: text === 'carried' ? 'carried' : 'unknown' };
}

export function writeReturn({ number, raw }: ReturnFrame): Buffer {
  const head = Buffer.allocUnsafe(NUMBER_BYTES);
  head.writeUInt32BE(number, 0);
  return Buffer.concat([head, raw]);
}

/** Undefined: there is nothing to send in it. */
export function readReturn(bytes: Buffer): ReturnFrame | undefined {
  const isWhole = bytes.length > NUMBER_BYTES && bytes.length <= NUMBER_BYTES + MESSAGE_BYTES_MAX;
  if (!isWhole) return undefined;
  return { number: bytes.readUInt32BE(0), raw: bytes.subarray(NUMBER_BYTES) };
}

function addressOf(address: unknown, port: unknown): Address | undefined {
  if (typeof address !== 'string' || !isWithin(port, PORT_MAX)) return undefined;
  const isLiteral = address.length <= ADDRESS_CHARS_MAX && ADDRESS.test(address);
  return isLiteral ? { address, port } : undefined;
}
