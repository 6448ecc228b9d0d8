import type { RouteMatch } from '../lib/gateways/options.ts';
import { type Address, writeAddress } from '../lib/sip/address.ts';
import { adminAddress, isLoopback } from './addresses.ts';
import { closest } from './closest.ts';
import type { PEER } from './cluster-items.ts';
import type { GroupItem, PromptItem, RouteItem, SiteLists } from './lists.ts';
import { keyOf, type Path, type Report } from './problems.ts';
import type { SiteValues } from './schema.ts';

/** Holds gateways, groups, routes and trunks against each other. */
export function checkPlan(lists: SiteLists, report: Report): void {
  const { gateways, groups, routes, trunks = [] } = lists;
  reportEmpty(['gateways'], gateways, report);
  reportEmpty(['groups'], groups, report);
  for (const items of [gateways ?? [], groups ?? [], trunks]) {
    const names = items.map(({ path, parts }) => ({ path: [...path, 'name'], name: parts.name }));
    reportTwice(names, 'name', report);
  }
  if (gateways !== undefined) {
    const known = namesOf(gateways);
    for (const group of groups ?? []) checkMembers(group, known, report);
  }
  if (groups !== undefined) {
    const known = namesOf(groups);
    for (const route of routes ?? []) checkRouteGroup(route, known, report);
  }
  const places = [
    ...(lists.rtpengine ?? []).map(({ path, parts: { ng } }) => placed(path, 'ng', ng)),
    ...(lists.freeswitch ?? []).map(({ path, parts: { esl } }) => placed(path, 'esl', esl)),
  ];
  reportTwice(places, 'address', report);
  if (groups !== undefined)
    for (const prompt of lists.prompts ?? []) checkRouteGroup(prompt, namesOf(groups), report);
  if (lists.trunks !== undefined)
    for (const route of routes ?? []) checkRouteTrunk(route, namesOf(trunks), report);
  const matches = (routes ?? []).map(({ path, parts: { match } }) => ({
    path: [...path, 'match'],
    name: match === undefined ? undefined : matchName(match),
  }));
  reportTwice(matches, 'match', report);
  checkReach(lists, report);
}

/** As many as the system's own resolver takes. */
const NAME_SERVERS_MAX = 3;

/** A trunk that is to be recorded needs somebody who does. */
export function checkRecording(lists: SiteLists, { media }: SiteValues, report: Report): void {
  const recorders = media.anchor === 'freeswitch' ? (lists.freeswitch ?? []) : [];
  const deaf = recorders.find(({ whole }) => whole !== undefined && whole.recordings === undefined);
  for (const { path, parts } of lists.trunks ?? []) {
    if (parts.record !== true) continue;
    const at = [...path, 'record'];
    if (media.anchor === 'none')
      report(at, {
        value: true,
        wrong: 'needs media that crosses the site, and media.anchor is none',
        want: 'write false, or name an anchor',
      });
    else if (deaf !== undefined)
      report(at, {
        value: true,
        wrong: `needs a folder, and ${keyOf(deaf.path)} has none`,
        want: 'write false, or give it recordings',
      });
  }
}

/** Holds single values against each other. */
export function checkValues(values: SiteValues, report: Report): void {
  const { engine, hunt, probe, dns, media, log, admin } = values;
  if (media.anchor === 'rtpengine' && media.rtpengine.length === 0)
    report(['media', 'rtpengine'], {
      wrong: 'is missing, and media.anchor is rtpengine',
      want: 'write rtpengine: [{ ng: "HOST:PORT" }], or anchor: none',
    });
  if ((media.anchor === 'freeswitch' || media.prompts.length > 0) && media.freeswitch.length === 0)
    report(['media', 'freeswitch'], {
      wrong: `is missing, and ${media.prompts.length > 0 ? 'there are prompts' : 'it is the anchor'}`,
      want: 'write freeswitch: [{ esl: "HOST:PORT", secret: "env:NAME", listen: ADDRESS }]',
    });
  if (engine.gateway === 'drachtio' && engine.drachtio.length === 0)
    report(['engine', 'drachtio'], {
      wrong: 'is missing, and engine.gateway is drachtio',
      want: 'write drachtio: [{ host: 127.0.0.1, secret: "env:NAME" }], or gateway: builtin',
    });
  if (dns.servers.length > NAME_SERVERS_MAX)
    report(['dns', 'servers'], {
      wrong: `has ${dns.servers.length} entries`,
      want: `keep to ${NAME_SERVERS_MAX}; each that is silent costs seconds`,
    });
  if (hunt.attemptMsMin > hunt.attemptMs)
    report(['hunt', 'attemptMsMin'], {
      value: hunt.attemptMsMin,
      wrong: `is more than hunt.attemptMs, ${hunt.attemptMs}`,
      want: `write ${hunt.attemptMs} or less`,
    });
  if (probe.everySec > 0 && probe.timeoutMs > probe.everySec * 1000)
    report(['probe', 'timeoutMs'], {
      value: probe.timeoutMs,
      wrong: `is more than probe.everySec, ${probe.everySec} seconds`,
      want: `write ${probe.everySec * 1000} or less`,
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

function reportEmpty(
  path: readonly ['gateways' | 'groups'],
  items: readonly unknown[] | undefined,
  report: Report,
): void {
  if (items?.length !== 0) return;
  report(path, {
    value: [],
    wrong: 'is empty',
    want: 'list one at least; no call could be placed',
  });
}

export function reportTwice(
  named: readonly { readonly path: Path; readonly name: string | number | undefined }[],
  what: 'name' | 'match' | 'address' | keyof typeof PEER,
  report: Report,
): void {
  const first = new Map<string | number, Path>();
  for (const { path, name } of named) {
    if (name === undefined) continue;
    const owner = first.get(name);
    if (owner === undefined) first.set(name, path);
    else
      report(path, {
        value: name,
        wrong: `is already the ${what} of ${keyOf(owner.slice(0, -1))}`,
        want: what === 'match' ? 'keep one; the second is never reached' : 'write another',
      });
  }
}

function checkMembers({ path, parts }: GroupItem, known: readonly string[], report: Report): void {
  const members = parts.gateways ?? [];
  for (const [index, name] of members.entries()) {
    const at = [...path, 'gateways', index];
    if (!known.includes(name)) report(at, unknownName(name, 'gateway', known));
    else if (members.indexOf(name) !== index)
      report(at, { value: name, wrong: 'is in this group already', want: 'leave it out here' });
  }
}

function placed(path: Path, key: 'ng' | 'esl', at: Address | undefined) {
  return { path: [...path, key], name: at === undefined ? undefined : writeAddress(at) };
}

function checkRouteGroup(
  { path, parts }: RouteItem | PromptItem,
  known: readonly string[],
  report: Report,
) {
  const { group } = parts;
  if (group === undefined || known.includes(group)) return;
  report([...path, 'group'], unknownName(group, 'group', known));
}

function checkRouteTrunk({ path, parts }: RouteItem, known: readonly string[], report: Report) {
  const trunk = parts.match?.trunk;
  if (trunk === undefined || known.includes(trunk)) return;
  report([...path, 'match', 'trunk'], unknownName(trunk, 'trunk', known));
}

/** The same whatever the order in which the keys were written. */
function matchName({ urn, user, trunk }: RouteMatch): string {
  return [urn ?? user, trunk].filter((part) => part !== undefined).join(', trunk ');
}

/** A site without routes still places emergency calls, as long as a group takes them. */
function checkReach({ groups, routes }: SiteLists, report: Report): void {
  if (groups === undefined || groups.length === 0 || routes?.length !== 0) return;
  if (groups.some(({ whole, parts }) => whole === undefined || parts.emergency === true)) return;
  const want = 'write routes, or mark one group with emergency: true';
  report(['routes'], { value: [], wrong: 'is empty and no group is for emergency calls', want });
}

export function unknownName(
  name: string,
  what: 'gateway' | 'group' | 'trunk',
  known: readonly string[],
) {
  const suggestion = closest(name, known);
  const names = known.length === 0 ? 'none is defined' : `there are ${known.join(', ')}`;
  const want = suggestion === undefined ? names : `did you mean "${suggestion}"?`;
  return { value: name, wrong: `is not the name of a ${what}`, want };
}

function namesOf(items: readonly { readonly parts: { readonly name?: string } }[]) {
  return items.flatMap(({ parts }) => (parts.name === undefined ? [] : [parts.name]));
}
