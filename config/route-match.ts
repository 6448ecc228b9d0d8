import type { RouteMatch } from '../lib/gateways/options.ts';
import { closest } from './closest.ts';
import { bad, type Fault, type Format, good, pattern, text } from './formats.ts';

const WANT =
  'write { urn: "urn:service:sos" } or { user: "112" }, with trunk: carrier-x besides or alone';

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

const TRUNK_NAME = pattern(
  'trunk name',
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
  'write the name of a trunk, such as carrier-x',
);

const KEYS: Readonly<Record<keyof RouteMatch, Format<string>>> = {
  urn: URN,
  user: USER,
  trunk: TRUNK_NAME,
};

/** `urn` or `user`, never both, as that would match nothing; `trunk` goes with either, or alone. */
export const ROUTE_MATCH: Format<RouteMatch> = {
  name: 'route match',
  want: WANT,
  fromText: 'json',
  isSecret: false,
  read(value) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return bad(value, 'is not a map', WANT);
    const given = Object.entries(value);
    if (given.length === 0) return bad(value, 'matches nothing', WANT);
    const faults: Fault[] = [];
    const match: { -readonly [key in keyof RouteMatch]: string } = {};
    for (const [key, matched] of given) {
      if (!isKey(key)) {
        const near = closest(key, Object.keys(KEYS));
        const want = near === undefined ? WANT : `did you mean "${near}"?`;
        faults.push({ in: [key], value: matched, wrong: 'matches nothing', want });
        continue;
      }
      const reading = KEYS[key].read(matched);
      if (reading.kind === 'bad')
        for (const fault of reading.faults) faults.push({ ...fault, in: [key, ...fault.in] });
      else match[key] = key === 'urn' ? reading.value.toLowerCase() : reading.value;
    }
    if (faults.length > 0) return { kind: 'bad', faults };
    if (match.urn !== undefined && match.user !== undefined)
      return bad(value, 'holds urn and user: no call has both', WANT);
    return good(match);
  },
};

function isKey(key: string): key is keyof RouteMatch {
  return Object.hasOwn(KEYS, key);
}

/** `urn:service:sos, trunk carrier-x`. */
export function writeMatch({ urn, user, trunk }: RouteMatch): string {
  return [
    ...(urn === undefined ? [] : [urn]),
    ...(user === undefined ? [] : [`user ${user}`]),
    ...(trunk === undefined ? [] : [`trunk ${trunk}`]),
  ].join(', ');
}
