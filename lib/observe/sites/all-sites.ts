import type { World } from '../../base/time.ts';
import type { PeerLinks } from '../../ports/peer-links.ts';
import type { RecentCalls } from '../recent-calls.ts';
import {
  pageOf,
  type Question,
  readPage,
  readQuestion,
  writePage,
  writeQuestion,
} from './records-page.ts';
import type { Heard } from './site-feed.ts';
import { type Asked, SitesTail, type SitesTailOptions } from './sites-tail.ts';

export type AllSites = {
  /** Begins to tell; answers what ends it. Undefined: too many are told already. */
  readonly tail: (options: SitesTailOptions) => (() => void) | undefined;
  /** What this site says to another one that asks for its records. */
  readonly answer: (asked: Buffer) => Buffer;
};

export type AllSitesParts = {
  readonly world: World;
  readonly recent: RecentCalls;
  readonly own: { readonly site: string; readonly epoch: number };
  /** Absent: the site is the only one. */
  readonly links: () => Pick<PeerLinks, 'carry' | 'peers'> | undefined;
};

const TAILS_MAX = 4;
const ANSWER_MS = 1000;
const NOTHING = Buffer.alloc(0);

/** The calls of all sites as one of them gets them, over the links and below all calls on them. */
export function openAllSites({ world, recent, own, links }: AllSitesParts): AllSites {
  const tails = new Set<SitesTail>();

  const here: Asked = {
    site: own.site,
    ask: (question) => Promise.resolve({ kind: 'page', page: pageOf(recent, own.epoch, question) }),
  };
  const there = (): Asked[] => {
    const found = links();
    if (found === undefined) return [];
    return found.peers().map(({ site, name }) => {
      return { site: name, ask: (question) => askOver(found, site, question) };
    });
  };

  return {
    tail(options) {
      if (tails.size >= TAILS_MAX) return undefined;
      const forget = () => void tails.delete(tail);
      const tail = new SitesTail(world, [here, ...there()], {
        ...options,
        onEnd() {
          forget();
          options.onEnd();
        },
      });
      tails.add(tail);
      tail.start();
      return () => {
        tail.stop();
        forget();
      };
    },
    answer(asked) {
      const question = readQuestion(asked);
      // What is no page is told of as such, where it was asked.
      return question === undefined ? NOTHING : writePage(pageOf(recent, own.epoch, question));
    },
  };
}

async function askOver(
  links: Pick<PeerLinks, 'carry'>,
  to: number,
  question: Question,
): Promise<Heard> {
  const body = writeQuestion(question);
  const answer = await links.carry({ to, subject: 'records', rank: 'bulk', body }, ANSWER_MS);
  if (answer.kind === 'unknown') return answer;
  const page = readPage(answer.body);
  return page === undefined ? { kind: 'unreadable' } : { kind: 'page', page };
}
