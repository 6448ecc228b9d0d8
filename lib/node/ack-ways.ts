import { BoundedMap } from '../base/bounded-map.ts';
import type { EventSink } from '../ports/event-sink.ts';
import { familyOf } from '../sip/address.ts';
import { firstV6 } from '../sip/host-address.ts';
import type { LiveCall } from './live-call.ts';

const PREFIXES_MAX = 10_000;
/** Fewer may be phones that were switched off. */
const MISSED_MIN = 3;

/** Whether the ACK of callers finds its way to U. */
export type AckWays = {
  came(call: LiveCall): void;
  missed(call: LiveCall): void;
};

type Seen = { everCame: boolean; missed: number };

/**
 * Names the networks that no ACK to U has ever come from: a firewall there may know only A, and
 * `sticky` would be right for their trunk.
 */
export function openAckWays(sink: EventSink, prefixesMax = PREFIXES_MAX): AckWays {
  const seen = new BoundedMap<string, Seen>(prefixesMax);
  const of = (call: LiveCall): Seen | undefined => {
    if (!leavesAnycast(call)) return undefined;
    const prefix = prefixOf(call.receivedOn.source.address);
    const known = seen.get(prefix) ?? { everCame: false, missed: 0 };
    seen.set(prefix, known);
    return known;
  };
  return {
    came(call) {
      const known = of(call);
      if (known !== undefined) known.everCame = true;
    },
    missed(call) {
      const known = of(call);
      if (known === undefined || known.everCame) return;
      known.missed += 1;
      const { missed } = known;
      const { trunk, receivedOn } = call;
      const prefix = prefixOf(receivedOn.source.address);
      sink.count('acks_missed', prefix);
      if (missed === MISSED_MIN)
        sink.note({ event: 'acks-never-come', level: 'warn', prefix, trunk, missed });
    },
  };
}

function leavesAnycast({ receivedOn, contactListener }: LiveCall): boolean {
  return receivedOn.listener.role === 'anycast' && contactListener.role === 'unicast';
}

/** The /24 of an IPv4 address, the /48 of an IPv6 one. */
export function prefixOf(address: string): string {
  if (familyOf(address) === 4) return `${address.split('.').slice(0, 3).join('.')}.0/24`;
  const [plain = address] = address.split('%');
  return `${firstV6(plain, 48) ?? plain}/48`;
}
