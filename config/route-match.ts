import type { Route } from '../lib/gateways/options.ts';
import { bad, type Fault, type Format, good, pattern, type Reading, text } from './formats.ts';

const WANT = 'write { urn: "urn:service:sos" } or { user: "112" }';

const URN = pattern(
  'service URN',
  /^urn:service:[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*$/i,
  'write one such as "urn:service:sos" or "urn:service:sos.police"',
);

const USER_WANT = 'write digits or a name, with * at the end for any ending, such as "112" or "0*"';
const USER = text('user', USER_WANT, (value) =>
  /^(?:[^\s@*;?<>":]{1,128}\*?|\*)$/.test(value)
    ? good(value)
    : bad(value, 'is not the user part of a number or URI', USER_WANT),
);

/** One of `urn` and `user`, never both: a route that needs both would match nothing. */
export const ROUTE_MATCH: Format<Route['match']> = {
  name: 'route match',
  want: WANT,
  fromText: 'json',
  isSecret: false,
  read(value) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return bad(value, 'is not a map', WANT);
    const [[key, matched] = ['', undefined], ...more] = Object.entries(value);
    if (more.length > 0) return bad(value, 'holds more than one key', WANT);
    switch (key) {
      case 'urn':
        return inside('urn', URN.read(matched), (urn) => ({ urn: urn.toLowerCase() }));
      case 'user':
        return inside('user', USER.read(matched), (user) => ({ user }));
      default:
        return bad(value, 'matches nothing', WANT);
    }
  },
};

function inside<T>(
  key: string,
  reading: Reading<T>,
  build: (value: T) => Route['match'],
): Reading<Route['match']> {
  if (reading.kind === 'good') return good(build(reading.value));
  const faults = reading.faults.map((fault): Fault => ({ ...fault, in: [key, ...fault.in] }));
  return { kind: 'bad', faults };
}
