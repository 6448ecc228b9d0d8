import { fieldsOf, jsonIn } from '../read/json-fields.ts';
import { plainText } from '../read/plain-text.ts';

/** Why no calls of a site are shown now. */
export type Trouble = 'down' | 'late' | 'not-understood' | 'unreadable';

/** What somebody who sees the calls of all sites has to know besides. */
export type SiteRemark =
  | { readonly remark: 'lost'; readonly site: string; readonly why: Trouble }
  | { readonly remark: 'back'; readonly site: string }
  | { readonly remark: 'restarted'; readonly site: string }
  | { readonly remark: 'missed'; readonly site: string; readonly count: number };

const TROUBLES: Readonly<Record<Trouble, string>> = {
  down: 'is out of reach (no link); its calls follow when it is back',
  late: 'is out of reach (no answer); its calls follow when it is back',
  'not-understood': 'runs an older release, which passes no calls on',
  unreadable: 'answers what cannot be read here; is it of another release?',
};

/** One sentence, without its point. */
export function remarkInWords(remark: SiteRemark): string {
  const site = plainText(remark.site);
  switch (remark.remark) {
    case 'lost':
      return `${site} ${TROUBLES[remark.why]}`;
    case 'back':
      return `${site} is back`;
    case 'restarted':
      return `${site} was started anew; what it had not passed on before stands in its record file`;
    case 'missed':
      return `${site} keeps ${remark.count} more calls no longer; its record file has them`;
  }
}

/** Reads a remark among the lines of a node; undefined: the line is none. */
export function readRemark(line: string): SiteRemark | undefined {
  const [, kind] = /^\{"remark":"([a-z]+)"/.exec(line) ?? [];
  if (kind === undefined) return undefined;
  const { site, why, count } = fieldsOf(jsonIn(line));
  if (typeof site !== 'string') return undefined;
  if (kind === 'back' || kind === 'restarted') return { remark: kind, site };
  if (kind === 'missed')
    return typeof count === 'number' ? { remark: kind, site, count } : undefined;
  const trouble = TROUBLE_NAMES.find((one) => one === why);
  return kind === 'lost' && trouble !== undefined
    ? { remark: kind, site, why: trouble }
    : undefined;
}

const TROUBLE_NAMES: readonly Trouble[] = ['down', 'late', 'not-understood', 'unreadable'];
