import { adminAddress, isLoopback } from './addresses.ts';
import type { Report } from './problems.ts';
import type { SiteValues } from './schema.ts';

/** Holds single values against each other. */
export function checkValues({ hunt, log, admin }: SiteValues, report: Report): void {
  if (hunt.attemptMsMin > hunt.attemptMs)
    report(['hunt', 'attemptMsMin'], {
      value: hunt.attemptMsMin,
      wrong: `is more than hunt.attemptMs, ${hunt.attemptMs}`,
      want: `write ${hunt.attemptMs} or less`,
    });
  if (log.records !== 'none' && log.records === log.steps)
    report(['log', 'records'], {
      value: log.records,
      wrong: 'is the file of log.steps too',
      want: 'write another; records are not masked',
    });
  const host = adminAddress(admin.listen)?.address;
  if (host !== undefined && !isLoopback(host) && admin.token === null)
    report(['admin', 'token'], {
      wrong: `is missing, and admin.listen ${admin.listen} can be reached from outside`,
      want: 'write token: "env:NAME", or listen on 127.0.0.1',
    });
}
