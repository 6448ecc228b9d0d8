import { monoMs } from '../../../../lib/base/brands.ts';
import { writeHop } from '../../../../lib/gateways/dns/hop.ts';
import {
  type Finding,
  type Resolution,
  type ResolveParts,
  resolve,
} from '../../../../lib/gateways/dns/resolve.ts';
import { hopsOf } from '../../../../lib/gateways/dns/services.ts';
import type { AddressRecord, Beside } from '../../../../lib/ports/name-service.ts';
import { recordOf } from '../../../support/fake-names.ts';
import { named } from '../../../support/virtual-directory.ts';

const FRESH_UNTIL = monoMs(60_000);
const NO_BESIDE: Beside = new Map();

export type Known = Readonly<Record<string, readonly string[] | Finding>>;

export const pending: Finding = { kind: 'pending' };
export const silent: Finding = { kind: 'silent' };

export function alias(to: string): Finding {
  return { kind: 'alias', to, freshUntil: FRESH_UNTIL };
}

export function recordsOf(question: string, words: readonly string[], beside = NO_BESIDE): Finding {
  const [type = ''] = question.split(' ');
  const records = words.map((one) => recordOf(type, one));
  return { kind: 'records', records, beside, freshUntil: FRESH_UNTIL };
}

export function besideOf(addresses: Readonly<Record<string, string>>): Beside {
  const entries = Object.entries(addresses).map(
    ([name, address]): [string, readonly AddressRecord[]] => [name, [{ type: 'A', address }]],
  );
  return new Map(entries);
}

/** Where a name leads when this is all that is known; whatever is not in it does not exist. */
export function lead(
  destination: string,
  known: Known,
  changes: Partial<ResolveParts> = {},
): Resolution & { readonly hops: readonly string[]; readonly questions: readonly string[] } {
  const to = named(destination);
  if (to.kind !== 'name') throw new Error(`${destination} is no name`);
  const resolution = resolve(to, {
    look({ type, name }) {
      const found = known[`${type} ${name}`] ?? { kind: 'nothing', freshUntil: FRESH_UNTIL };
      return 'kind' in found ? found : recordsOf(type, found);
    },
    transports: ['udp', 'tcp'],
    familiesOf: () => [4],
    isOwn: () => false,
    ...changes,
  });
  return {
    ...resolution,
    hops: hopsOf(resolution.services).map(writeHop),
    questions: resolution.asked.map(({ type, name }) => `${type} ${name}`),
  };
}
