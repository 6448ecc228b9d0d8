import { unknownName } from './check-plan.ts';
import type { GroupItem, SiteLists } from './lists.ts';
import { keyOf, type Report } from './problems.ts';
import type { SiteValues } from './schema.ts';

const KEY = 'callbacks.group';

/**
 * Holds the group of calls outwards against the rest. Its gateways are outside, so no call from
 * outside may be led to them, and it is no group of an emergency service.
 */
export function checkCallbacks(
  lists: SiteLists,
  { callbacks: { group: name } }: SiteValues,
  report: Report,
): void {
  const { groups } = lists;
  if (name === null || groups === undefined) return;
  const found = groups.find(({ parts }) => parts.name === name);
  if (found === undefined) {
    const known = groups.flatMap(({ parts }) => parts.name ?? []);
    report(['callbacks', 'group'], unknownName(name, 'group', known));
    return;
  }
  checkGroup(found, report);
  checkOthers(found, groups, report);
  for (const { path, parts } of [...(lists.routes ?? []), ...(lists.prompts ?? [])]) {
    if (parts.group !== name) continue;
    const wrong = `is ${KEY}, which calls from outside do not go to`;
    report([...path, 'group'], { value: name, wrong, want: 'name another group' });
  }
}

/** The names of the gateways that are outside. */
export function outsideNames(
  { groups = [] }: SiteLists,
  { callbacks }: Pick<SiteValues, 'callbacks'>,
): ReadonlySet<string> {
  const group = groups.find(
    ({ parts: { name } }) => name !== undefined && name === callbacks.group,
  );
  return new Set(group?.parts.gateways ?? []);
}

function checkGroup({ path, parts }: GroupItem, report: Report): void {
  if (parts.emergency === true)
    report([...path, 'emergency'], {
      value: true,
      wrong: `is for groups that take emergency calls, and this one is ${KEY}`,
      want: 'leave it out; a callback is treated as an emergency call anyway',
    });
  if (parts.asksFor === 'service')
    report([...path, 'asksFor'], {
      value: 'service',
      wrong: `would call nobody back, and this group is ${KEY}`,
      want: 'leave it out',
    });
}

function checkOthers(own: GroupItem, groups: readonly GroupItem[], report: Report): void {
  const others = groups.filter((one) => one !== own);
  if (others.length === 0)
    report(['groups'], {
      wrong: `has no group but ${KEY}, so no call from outside could be placed`,
      want: 'list one for those',
    });
  for (const { path, parts } of others)
    for (const [index, name] of (parts.gateways ?? []).entries()) {
      if (own.parts.gateways?.includes(name) !== true) continue;
      const wrong = `is outside, as ${keyOf([...own.path, 'gateways'])} has it`;
      const want = 'leave it out here, or list that gateway a second time by another name';
      report([...path, 'gateways', index], { value: name, wrong, want });
    }
}
