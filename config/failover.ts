import { never } from '../lib/base/never.ts';
import type { FailoverCondition, Group } from '../lib/gateways/options.ts';
import { bad, type Format, good, listOf, type Reading } from './formats.ts';

export type FailoverOn = Group['failoverOn'];

const WANT = 'write statuses from 300 to 699, transport or timeout, such as [408, 503, transport]';

const CONDITION: Format<FailoverCondition> = {
  name: 'failover condition',
  want: WANT,
  fromText: 'json',
  isSecret: false,
  read(value) {
    if (value === 'transport' || value === 'timeout') return good(value);
    if (value === 'any') return bad(value, 'stands in a list', 'write failoverOn: any');
    if (typeof value !== 'number') return bad(value, 'is not a failure of a gateway', WANT);
    if (Number.isInteger(value) && value >= 300 && value <= 699) return good(value);
    return bad(value, 'is not a failure status', WANT);
  },
};

const CONDITIONS = listOf(CONDITION, '[408, 503, transport] or the word any');

export const FAILOVER_ON: Format<FailoverOn> = {
  ...CONDITIONS,
  name: 'failover conditions',
  want: `${WANT}, or the word any`,
  read(value): Reading<FailoverOn> {
    if (value === 'any') return good('any');
    const reading = CONDITIONS.read(value);
    return reading.kind === 'bad' ? reading : good(withOwnTimeout(reading.value));
  },
};

/**
 * What moves a hunt on where the file does not say: little for ordinary calls, else all. Toward
 * whom a PSAP calls back it is what another carrier may do better, and not that somebody is busy.
 */
export function failoverDefault(of: 'emergency' | 'ordinary' | 'callbacks'): FailoverOn {
  switch (of) {
    case 'emergency':
      return 'any';
    case 'ordinary':
      return withOwnTimeout([408, 503, 'transport']);
    case 'callbacks':
      return withOwnTimeout([403, 404, 408, 500, 501, 502, 503, 504, 505, 513, 580, 'transport']);
    default:
      return never(of);
  }
}

/** Silence that we end ourselves counts as 408. [3261-8.1.3.1] */
function withOwnTimeout(conditions: readonly FailoverCondition[]): readonly FailoverCondition[] {
  const isMissing = conditions.includes(408) && !conditions.includes('timeout');
  return isMissing ? [...conditions, 'timeout'] : conditions;
}
