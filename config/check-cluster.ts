import { writeAddress } from '../lib/sip/address.ts';
import { reportTwice } from './check-plan.ts';
import type { PeerItem, SiteLists } from './lists.ts';
import type { Report } from './problems.ts';
import type { SiteValues } from './schema.ts';

/** Holds peers against each other and against this site, and sees that links can be secured. */
export function checkCluster(values: SiteValues, { peers }: SiteLists, report: Report): void {
  const { cluster } = values;
  if (values.peers.length > 0 && cluster.keys.length === 0)
    report(['cluster', 'keys'], {
      wrong: 'is missing, and there are peers',
      want: 'write keys: ["k1=env:NAME"], the same at every site',
    });
  if (values.peers.length > 0 && cluster.link === null)
    report(['cluster', 'link'], {
      wrong: 'is missing, and there are peers',
      want: 'write link: "HOST:PORT", where they reach this site',
    });
  for (const peer of peers ?? []) checkOther(peer, values, report);
  for (const key of ['site', 'number', 'link'] as const) {
    const named = (peers ?? []).map(({ path, parts }) => {
      const value = key === 'link' ? parts.link && writeAddress(parts.link) : parts[key];
      return { path: [...path, key], name: value };
    });
    reportTwice(named, key, report);
  }
}

/** A site that is its own peer would wait for itself. */
function checkOther({ path, parts }: PeerItem, { site, siteNumber }: SiteValues, report: Report) {
  const want = 'list the other sites only';
  if (parts.site === site)
    report([...path, 'site'], { value: site, wrong: 'is this site itself', want });
  else if (parts.number === siteNumber)
    report([...path, 'number'], {
      value: siteNumber,
      wrong: 'is the siteNumber of this site',
      want: 'write its own; no two sites share one',
    });
}
