import { createHash } from 'node:crypto';
import type { RouteMatch } from '../lib/gateways/options.ts';
import { withPort } from './check-listeners.ts';
import { type Fields, type Item, isMap } from './items.ts';
import type { SiteSecrets } from './keys.ts';
import type { ListenerItem, SiteLists } from './lists.ts';
import { writeMatch } from './route-match.ts';
import { leaves, type SiteValues } from './schema.ts';

export type SheetValue = {
  readonly shown: string;
  /** Differs when the value does, also where the value is not shown. */
  readonly mark: string;
};

/**
 * A configuration laid out for comparing: each part of a key leads to a value or further down.
 * Entries of lists go by their names, so that one more among them is one difference.
 */
export type Sheet = ReadonlyMap<string, SheetValue | Sheet>;

type Draft = Map<string, SheetValue | Sheet>;

/** Lays out a configuration that has been found right; secrets are marked and not shown. */
export function sheetOf(values: SiteValues, lists: SiteLists, secrets: SiteSecrets): Sheet {
  const special = new Map<string, SheetValue | Sheet | undefined>([
    ['listen.anycast', listenerSheet(lists.anycast)],
    ['listen.unicast', listenerSheet(lists.unicast)],
    ['listen.gateway', listenerSheet(lists.gateway)],
    ['engine.drachtio', listSheet(lists.drachtio)],
    ['gateways', listSheet(lists.gateways, 'name')],
    ['groups', listSheet(lists.groups, 'name')],
    ['routes', listSheet(lists.routes, 'match')],
    ['trunks', listSheet(lists.trunks, 'name')],
    ['peers', listSheet(lists.peers, 'site')],
    ['tls.also', listSheet(lists.certificates, 'certificate')],
    ['media.rtpengine', listSheet(lists.rtpengine, 'ng')],
    ['media.freeswitch', listSheet(lists.freeswitch, 'esl')],
    ['media.prompts', listSheet(lists.prompts)],
    ['cluster.keys', keySheet(secrets.keys)],
    ['admin.token', secrets.adminToken === undefined ? undefined : secret(secrets.adminToken)],
  ]);
  const sheet: Draft = new Map();
  for (const { path } of leaves()) {
    const key = path.join('.');
    const entry = special.has(key) ? special.get(key) : plain(valueAt(values, path));
    if (entry !== undefined) put(sheet, path, entry);
  }
  return sheet;
}

/** A port that is written as the one left out is no change. */
function listenerSheet(items: readonly ListenerItem[] = []): Sheet {
  return listSheet(
    items.map((item) =>
      item.whole === undefined ? item : { ...item, whole: withPort(item.whole) },
    ),
  );
}

function listSheet<F extends Fields>(items: readonly Item<F>[] = [], naming?: keyof F): Sheet {
  return new Map(
    items.map(({ whole = {} }, index) => {
      const fields = Object.entries(whole).filter(([key]) => key !== naming);
      const named = naming === undefined ? index : Reflect.get(whole, naming);
      const entry = new Map(fields.flatMap(([key, value]) => field(key, value)));
      return [`[${nameOf(named)}]`, entry];
    }),
  );
}

function nameOf(named: unknown): string {
  return isMatch(named) ? writeMatch(named) : String(named);
}

function isMatch(named: unknown): named is RouteMatch {
  return isMap(named) && ['urn', 'user', 'trunk'].some((key) => key in named);
}

function field(key: string, value: unknown): [string, SheetValue][] {
  return value === undefined ? [] : [[key, plain(value)]];
}

/** The first key signs: another one there is another change than one more. */
function keySheet(keys: SiteSecrets['keys']): Sheet {
  return new Map([
    ['signing', plain(keys[0]?.id ?? "this site's own")],
    ...keys.map(({ id, secret: bytes }): [string, SheetValue] => [`[${id}]`, secret(bytes)]),
  ]);
}

function plain(value: unknown): SheetValue {
  const target = isMap(value) && 'destination' in value ? value['uri'] : value;
  const shown = typeof target === 'string' ? target : JSON.stringify(target);
  return { shown, mark: shown };
}

function secret(content: string | Uint8Array): SheetValue {
  return { shown: '***', mark: createHash('sha256').update(content).digest('hex') };
}

function valueAt(values: SiteValues, path: readonly string[]): unknown {
  return path.reduce<unknown>((branch, part) => (isMap(branch) ? branch[part] : undefined), values);
}

function put(sheet: Draft, [part = '', ...rest]: readonly string[], entry: SheetValue | Sheet) {
  if (rest.length === 0) {
    sheet.set(part, entry);
    return;
  }
  const known = sheet.get(part);
  const below: Draft = new Map(known instanceof Map ? known : []);
  put(below, rest, entry);
  sheet.set(part, below);
}
