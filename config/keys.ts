import type { ClusterKey, KeyId } from '../lib/sip/owner-token.ts';
import { isLoopback } from './addresses.ts';
import { reportFaults } from './items.ts';
import type { DrachtioItem, FreeswitchItem, SiteLists } from './lists.ts';
import type { Path, Report } from './problems.ts';
import type { SiteValues } from './schema.ts';
import {
  KEY_REF,
  readSecret,
  type SecretRef,
  type SecretSources,
  secretBytes,
  secretRef,
  weakness,
} from './secrets.ts';

export type SiteSecrets = {
  readonly keys: readonly ClusterKey[];
  readonly adminToken: string | undefined;
  /** One for each entry of engine.drachtio that is in use. */
  readonly drachtio: readonly string[];
  /** One for each entry of media.freeswitch. */
  readonly freeswitch: readonly string[];
};

/** Fetches the secrets that the configuration points at; outside loopback weak ones are refused. */
export function readSecrets(
  values: SiteValues,
  { lists, isOnLoopback }: { readonly lists: SiteLists; readonly isOnLoopback: boolean },
  sources: SecretSources,
  report: Report,
): SiteSecrets {
  return {
    keys: readKeys(values.cluster.keys),
    adminToken: values.admin.token === null ? undefined : readToken(values.admin.token),
    drachtio:
      values.engine.gateway === 'drachtio' ? (lists.drachtio ?? []).flatMap(readServer) : [],
    freeswitch: (lists.freeswitch ?? []).flatMap(readServer),
  };

  function readServer({
    path,
    parts: { secret: value },
  }: DrachtioItem | FreeswitchItem): readonly string[] {
    const ref = value === undefined ? undefined : secretRef(value);
    const secret = ref === undefined ? undefined : fetch([...path, 'secret'], value, ref);
    return secret === undefined ? [] : [secret];
  }

  function readKeys(list: readonly unknown[]): readonly ClusterKey[] {
    const keys: ClusterKey[] = [];
    const ids = new Set<string>();
    for (const [index, entry] of list.entries()) {
      const path = ['cluster', 'keys', index];
      const reading = KEY_REF.read(entry);
      if (reading.kind === 'bad') {
        reportFaults(path, reading.faults, KEY_REF, report);
        continue;
      }
      const { id, ref } = reading.value;
      if (ids.has(id))
        report(path, { value: id, wrong: 'is the id of two keys', want: 'give each its own' });
      ids.add(id);
      const secret = fetch(path, entry, ref);
      if (secret !== undefined) keys.push({ id: id as KeyId, secret: secretBytes(secret) });
    }
    return keys;
  }

  function readToken(value: string): string | undefined {
    const ref = secretRef(value);
    return ref === undefined ? undefined : fetch(['admin', 'token'], value, ref);
  }

  function fetch(path: Path, value: unknown, ref: SecretRef): string | undefined {
    const secret = readSecret(ref, sources);
    if (secret.kind === 'unknown') {
      report(path, { ...secret.finding, value });
      return undefined;
    }
    const finding = isOnLoopback ? undefined : weakness(secret.text);
    if (finding !== undefined) report(path, { ...finding, value });
    return secret.text;
  }
}

/** Whether nobody outside this host can reach any listener, or any other port of it. */
export function isSiteOnLoopback(lists: SiteLists, others: readonly string[]): boolean {
  const listeners = [lists.anycast, lists.unicast, lists.gateway].flatMap((items) => items ?? []);
  const hosts = listeners.map(({ parts }) => parts.address ?? '');
  return [...hosts, ...others].every(isLoopback);
}
