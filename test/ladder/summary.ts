import type { CallRecord } from '../../lib/call/record.ts';

/** A record in the words of the ladder files; a gateway is called g1 here, `g12-1` on its site. */
export function summaryOf({ fault, reason, status, moved, attempts }: CallRecord): string {
  const tried = attempts.map(
    ({ gateway, status: last }) => `${gateway.replace(/^g\d+-/, 'g')} ${last}`,
  );
  const all = tried.length === 0 ? '-' : tried.join(', ');
  return `record ${fault} ${reason} ${status} ${moved ?? '-'}, attempts ${all}`;
}
