import { BoundedMap } from '../base/bounded-map.ts';
import type { MonoMs } from '../base/brands.ts';
import type { Clock } from '../base/time.ts';
import type { Address } from '../sip/address.ts';
import type { SipRequest } from '../sip/message.ts';

const KEPT_MS = 32_000;
const TOMBSTONES_MAX = 10_000;

/** CANCELs that came before their INVITE, so that the late INVITE rings nobody. */
export type Tombstones = {
  bury(cancel: SipRequest, source: Address): void;
  /** Whether this INVITE was cancelled before it came; it is said once. */
  isBuried(invite: SipRequest, source: Address): boolean;
  readonly size: () => number;
};

export function tombstones(clock: Clock): Tombstones {
  const buried = new BoundedMap<string, MonoMs>(TOMBSTONES_MAX);
  return {
    bury(cancel, source) {
      buried.set(keyOf(cancel, source), clock.mono());
    },
    isBuried(invite, source) {
      if (buried.size === 0) return false;
      const key = keyOf(invite, source);
      const since = buried.get(key);
      buried.delete(key);
      return since !== undefined && clock.mono() - since < KEPT_MS;
    },
    size: () => buried.size,
  };
}

/** A CANCEL and its INVITE agree in these. [3261-9.1] */
function keyOf({ callId, from, cseq, via }: SipRequest, { address }: Address): string {
  return `${callId}\n${from.tag ?? ''}\n${cseq.number}\n${via.branch ?? ''}\n${address}`;
}
