import type { MonoMs } from '../../lib/base/brands.ts';
import { type Column, drawLadder, type Row } from '../../lib/observe/read/draw-ladder.ts';
import { plainText } from '../../lib/observe/read/plain-text.ts';
import { type Address, sameAddress, writeAddress } from '../../lib/sip/address.ts';
import { headerValue } from '../../lib/sip/headers.ts';
import type { SipMessage } from '../../lib/sip/message.ts';
import { contactUri } from '../../lib/sip/name-addr.ts';
import { parse } from '../../lib/sip/parse.ts';
import { parseUri } from '../../lib/sip/uri.ts';

/** A datagram as it stood on the wire. */
export type Seen = {
  readonly at: MonoMs;
  readonly direction: 'in' | 'out';
  readonly far: Address;
  /** Absent for bytes that are no SIP message. */
  readonly message: SipMessage | undefined;
  /** The same bytes had crossed before. */
  readonly isRepeated: boolean;
};

const SEEN_MAX = 500;

/** Remembers what crosses a socket. */
export function messageBook() {
  const seen: Seen[] = [];
  const texts = new Set<string>();
  return {
    seen,
    see(at: MonoMs, direction: Seen['direction'], far: Address, bytes: Buffer): Seen | undefined {
      if (seen.length >= SEEN_MAX) return undefined;
      const parsed = parse(bytes);
      const text = `${direction} ${bytes.toString('latin1')}`;
      const message = parsed.kind === 'fault' ? undefined : parsed;
      const entry: Seen = { at, direction, far, message, isRepeated: texts.has(text) };
      texts.add(text);
      seen.push(entry);
      return entry;
    },
  };
}

/** `INVITE`, `180 Ringing`. */
export function labelOf({ message, isRepeated }: Seen): string {
  if (message === undefined) return 'no SIP';
  const label = message.kind === 'request' ? message.method : `${message.status} ${message.reason}`;
  return plainText(isRepeated ? `${label} (again)` : label);
}

/** The addresses as lifelines: ours, the one that was dialled, the others as they occurred. */
export function ladderOfSeen(seen: readonly Seen[], local: Address, dialled: Address): string {
  const far: Address[] = [dialled];
  for (const entry of seen)
    if (!far.some((one) => sameAddress(one, entry.far))) far.push(entry.far);
  const columns: Column[] = [
    { title: 'test call', address: writeAddress(local) },
    ...far.map((address, index) => ({
      title: index === 0 ? 'A dialled' : index === 1 ? 'U moved to' : 'elsewhere',
      address: writeAddress(address),
    })),
  ];
  const startedAt = seen[0]?.at ?? 0;
  const contacts = new Set<string>();
  const rows = seen.map((entry): Row => {
    const there = 1 + far.findIndex((address) => sameAddress(address, entry.far));
    const arrow = entry.direction === 'out' ? { from: 0, to: there } : { from: there, to: 0 };
    const note = contactNote(entry, contacts);
    return { offsetMs: entry.at - startedAt, arrow, label: labelOf(entry), note };
  });
  return drawLadder(columns, rows).join('\n');
}

function contactNote({ direction, message }: Seen, known: Set<string>): string {
  const contact = message === undefined || direction === 'out' ? undefined : contactOf(message);
  if (contact === undefined || known.has(contact)) return '';
  known.add(contact);
  return `Contact is ${plainText(contact)}`;
}

/** `127.0.0.11:5060` of the Contact; undefined where there is none. */
export function contactOf(message: SipMessage): string | undefined {
  const value = headerValue(message.headers, 'contact');
  const text = value === undefined ? undefined : contactUri(value);
  const uri = text === undefined ? undefined : parseUri(text);
  return uri?.kind === 'sip'
    ? writeAddress({ address: uri.host, port: uri.port ?? 5060 })
    : undefined;
}
