import type { MonoMs } from '../../base/brands.ts';
import { never } from '../../base/never.ts';
import type { CallRecord } from '../../call/record.ts';
import type { Unanswered } from '../../ports/peer-links.ts';
import type { Cursor, Page, Start } from './records-page.ts';
import type { SiteRemark, Trouble } from './site-remark.ts';

/** The calls of one site, as somebody gets them who follows those of all. */
export type Feed = {
  readonly site: string;
  /** Absent: it has not answered yet. */
  readonly cursor: Cursor | undefined;
  /** When it answered last, or was asked first. */
  readonly heardAt: MonoMs;
  readonly trouble: Trouble | undefined;
};

export type Heard =
  | { readonly kind: 'page'; readonly page: Page }
  | { readonly kind: 'unknown'; readonly why: Unanswered }
  | { readonly kind: 'unreadable' };

export type Fed = {
  readonly feed: Feed;
  readonly records: readonly CallRecord[];
  readonly remarks: readonly SiteRemark[];
  /** Nothing more is to be had of it now. */
  readonly isSpent: boolean;
};

/** A site that is there may be busy with calls for so long. */
const PATIENCE_MS = 5000;

export function firstFeed(site: string, now: MonoMs): Feed {
  return { site, cursor: undefined, heardAt: now, trouble: undefined };
}

/** Goes on where it was left; a site that was not there at first has only what came since. */
export function startOf({ cursor }: Feed, otherwise: Start): Start {
  return cursor === undefined ? otherwise : { from: 'cursor', ...cursor };
}

/** What was asked of the site is answered, or is not. */
export function feed(former: Feed, heard: Heard, now: MonoMs): Fed {
  switch (heard.kind) {
    case 'page':
      return taken(former, heard.page, now);
    case 'unreadable':
      return troubled(former, 'unreadable');
    case 'unknown':
      return unheard(former, heard.why, now);
    default:
      return never(heard);
  }
}

function taken({ site, cursor, trouble }: Feed, page: Page, now: MonoMs): Fed {
  const { records, hasMore, missed } = page;
  const isAnew = cursor !== undefined && cursor.epoch !== page.cursor.epoch;
  const remarks: SiteRemark[] = [];
  if (trouble !== undefined) remarks.push({ remark: 'back', site });
  if (isAnew) remarks.push({ remark: 'restarted', site });
  if (missed > 0) remarks.push({ remark: 'missed', site, count: missed });
  const next = { site, cursor: page.cursor, heardAt: now, trouble: undefined };
  return { feed: next, records, remarks, isSpent: !hasMore };
}

function unheard(former: Feed, why: Unanswered, now: MonoMs): Fed {
  switch (why) {
    case 'down':
    case 'closed':
      return troubled(former, 'down');
    case 'not-understood':
      return troubled(former, why);
    case 'late':
    case 'shed':
      if (now - former.heardAt >= PATIENCE_MS) return troubled(former, 'late');
      return { feed: former, records: [], remarks: [], isSpent: false };
    default:
      return never(why);
  }
}

/** Told once for each reason. */
function troubled(former: Feed, why: Trouble): Fed {
  const isNew = former.trouble !== why;
  const remarks = isNew ? [{ remark: 'lost', site: former.site, why } as const] : [];
  return { feed: { ...former, trouble: why }, records: [], remarks, isSpent: true };
}
