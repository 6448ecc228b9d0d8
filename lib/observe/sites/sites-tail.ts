import type { Alarm, World } from '../../base/time.ts';
import type { CallRecord } from '../../call/record.ts';
import type { Wanted } from '../read/wanted.ts';
import { byEnd, type Held, HOLD_MS, release } from './hold-back.ts';
import type { Question, Start } from './records-page.ts';
import { type Feed, feed, firstFeed, type Heard, startOf } from './site-feed.ts';
import type { SiteRemark } from './site-remark.ts';

/** One site that can be asked. It never rejects. */
export type Asked = {
  readonly site: string;
  readonly ask: (question: Question) => Promise<Heard>;
};

export type SitesTailOptions = {
  readonly wanted: Wanted;
  /** How many of the past, of all sites together. */
  readonly lines: number;
  /** Whether it goes on with each call as it ends. */
  readonly isFollowed: boolean;
  readonly onRecord: (record: CallRecord) => void;
  readonly onRemark: (remark: SiteRemark) => void;
  /** All that was wanted is told; never where it is followed. */
  readonly onEnd: () => void;
};

/** How often a site is asked that has said all it has. */
const AGAIN_MS = 500;

type Source = { readonly asked: Asked; feed: Feed; isSettled: boolean };

/**
 * The calls of all sites in the order in which they ended. Sites are asked again and again, and
 * keep nothing for who asks: who does not answer is only late.
 */
export class SitesTail {
  readonly #world: World;
  readonly #options: SitesTailOptions;
  readonly #sources: readonly Source[];
  readonly #begunAt: number;
  readonly #alarms = new Set<Alarm>();
  /** The newest of the past, until every site has said what it has. */
  #past: readonly CallRecord[] | undefined = [];
  #held: readonly Held[] = [];
  /** For the time of what is held. */
  #isWaiting = false;
  #isOver = false;

  constructor(world: World, sites: readonly Asked[], options: SitesTailOptions) {
    this.#world = world;
    this.#options = options;
    this.#begunAt = world.clock.unix();
    const now = world.clock.mono();
    this.#sources = sites.map((asked) => {
      return { asked, feed: firstFeed(asked.site, now), isSettled: false };
    });
  }

  start(): void {
    for (const source of this.#sources) this.#ask(source);
  }

  stop(): void {
    this.#isOver = true;
    for (const alarm of this.#alarms) this.#world.timers.clear(alarm);
    this.#alarms.clear();
  }

  #ask(source: Source): void {
    const { wanted, lines } = this.#options;
    const otherwise: Start =
      this.#past === undefined
        ? { from: 'since', at: this.#begunAt }
        : { from: 'last', count: lines };
    const start = startOf(source.feed, otherwise);
    void source.asked.ask({ wanted, start }).then((heard) => {
      if (!this.#isOver) this.#hear(source, heard);
    });
  }

  #hear(source: Source, heard: Heard): void {
    const { clock } = this.#world;
    const fed = feed(source.feed, heard, clock.mono());
    source.feed = fed.feed;
    for (const remark of fed.remarks) this.#options.onRemark(remark);
    this.#take(fed.records);
    if (this.#past !== undefined && fed.isSpent) {
      source.isSettled = true;
      if (this.#sources.every(({ isSettled }) => isSettled)) this.#goLive();
      return;
    }
    const hasMore = heard.kind === 'page' && !fed.isSpent;
    this.#after(hasMore ? 0 : AGAIN_MS, () => this.#ask(source));
  }

  #take(records: readonly CallRecord[]): void {
    if (records.length === 0) return;
    if (this.#past === undefined) {
      const since = this.#world.clock.mono();
      this.#held = [...this.#held, ...records.map((record) => ({ record, since }))];
      this.#release();
      return;
    }
    const inOrder = [...this.#past, ...records].sort(byEnd);
    this.#past = inOrder.slice(Math.max(0, inOrder.length - this.#options.lines));
  }

  /** The past is shown at once: nothing that belongs into it can come any more. */
  #goLive(): void {
    const { onRecord, onEnd, isFollowed } = this.#options;
    for (const record of this.#past ?? []) onRecord(record);
    this.#past = undefined;
    if (this.#isOver) return;
    if (isFollowed) this.start();
    else {
      this.stop();
      onEnd();
    }
  }

  #release(): void {
    const { clock } = this.#world;
    const { due, held } = release(this.#held, clock.mono());
    this.#held = held;
    for (const record of due) this.#options.onRecord(record);
    if (held.length === 0 || this.#isWaiting || this.#isOver) return;
    this.#isWaiting = true;
    const oldest = Math.min(...held.map(({ since }) => since));
    this.#after(oldest + HOLD_MS - clock.mono(), () => {
      this.#isWaiting = false;
      this.#release();
    });
  }

  #after(delayMs: number, run: () => void): void {
    const alarm = this.#world.timers.set(delayMs, () => {
      this.#alarms.delete(alarm);
      run();
    });
    this.#alarms.add(alarm);
  }
}
