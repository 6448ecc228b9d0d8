import { type CredentialFiles, readCredentials } from './credentials.ts';
import type { ListenerItem, SiteLists } from './lists.ts';
import { keyOf, type Report } from './problems.ts';
import type { SiteValues } from './schema.ts';

/** Sees that listeners with TLS have a certificate, and that it is right for them. */
export function checkTls(
  values: SiteValues,
  lists: SiteLists,
  readFile: (path: string) => string,
  report: Report,
): void {
  const [first] = secured(lists);
  for (const name of ['certificate', 'key'] as const) {
    if (first === undefined || values.tls[name] !== null) continue;
    const wrong = `is missing, and ${keyOf(first.path)} speaks TLS`;
    report(['tls', name], { wrong, want: 'name a PEM file' });
  }
  checkTrunks(lists, report);
  const files = credentialFiles(values, lists);
  if (files === undefined) return;
  const read = readCredentials(files, readFile, Date.now());
  if (read.kind === 'good') return;
  const { path, ...finding } = read;
  report(['tls', ...path], finding);
}

/** A trunk is known by something, and certificates are shown only over TLS. */
function checkTrunks({ trunks = [], anycast = [], unicast = [] }: SiteLists, report: Report): void {
  const isShown = [...anycast, ...unicast].some(isSecured);
  for (const { path, parts, whole } of trunks) {
    const { source, certificates } = parts;
    if (whole !== undefined && source === undefined && certificates === undefined)
      report([...path, 'source'], { wrong: 'is missing', want: 'write it, or certificates' });
    if (certificates === undefined || isShown) continue;
    const value = certificates;
    const wrong = 'is never seen, since no listener for callers speaks TLS';
    report([...path, 'certificates'], { value, wrong, want: 'list one, or write source' });
  }
}

/** Absent: no listener speaks TLS, or the certificate is missing. */
export function credentialFiles(
  { tls: { certificate, key, authorities } }: SiteValues,
  lists: SiteLists,
): CredentialFiles | undefined {
  const listeners = secured(lists);
  if (listeners.length === 0 || certificate === null || key === null) return undefined;
  const asksCallers = (lists.trunks ?? []).some(({ parts }) => parts.certificates !== undefined);
  const trusted = authorities ?? undefined;
  const also = (lists.certificates ?? []).flatMap(({ whole }) => whole ?? []);
  return { certificate, key, also, authorities: trusted, names: namesOf(lists), asksCallers };
}

const isSecured = ({ parts }: ListenerItem) => parts.transport === 'tls';

function secured({ anycast = [], unicast = [], gateway = [] }: SiteLists) {
  return [...anycast, ...unicast, ...gateway].filter(isSecured);
}

/** Callers go on at U by the name in Contact; A they know by a name of their own. */
function namesOf({ anycast = [], unicast = [] }: SiteLists): readonly string[] {
  const named = unicast.filter(isSecured).flatMap(({ parts }) => parts.advertise ?? parts.address);
  const dialled = anycast.filter(isSecured).flatMap(({ parts }) => parts.advertise ?? []);
  return [...new Set([...named, ...dialled])].filter((name) => name !== undefined);
}
