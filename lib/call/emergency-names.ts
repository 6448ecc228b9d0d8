import { header } from '../sip/header-names.ts';
import { listValues } from '../sip/headers.ts';
import type { Header } from '../sip/message.ts';

/** What is urgent in a network of emergency services, where nobody has said how much. [7135-2] */
const PRIORITY = 'esnet.1';
const HAS_PRIORITY = /^esnet\./i;

/**
 * What the first element of a network of emergency services (NENA i3) adds to a call, as far as
 * nobody has: a name of the call, one of the incident, and a priority. `draw` makes 10 to 32
 * letters and digits that no other call has.
 */
export function emergencyNames(
  headers: readonly Header[],
  element: string,
  draw: () => string,
): readonly Header[] {
  const known = listValues(headers, 'call-info');
  const names = (['Call', 'Incident'] as const).flatMap((what) => {
    const purpose = `purpose=emergency-${what}Id`;
    if (known.some((value) => hasPurpose(value, purpose))) return [];
    const uid = `urn:emergency:uid:${what.toLowerCase()}id:${draw()}:${element}`;
    return [header('Call-Info', `<${uid}>;${purpose}`)];
  });
  const isUrgent = listValues(headers, 'resource-priority').some((value) =>
    HAS_PRIORITY.test(value),
  );
  return isUrgent ? names : [...names, header('Resource-Priority', PRIORITY)];
}

function hasPurpose(value: string, purpose: string): boolean {
  const params = value.slice(value.indexOf('>') + 1).split(';');
  return params.some((param) => param.trim().toLowerCase() === purpose.toLowerCase());
}
