import type { World } from '../../base/time.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import type { RelayEars, StrayRelay } from '../../ports/neighbours.ts';
import type { PeerAnswer, PeerEars, PeerLinks, Rank } from '../../ports/peer-links.ts';
import { openSourceLimits } from '../source-limits.ts';
import { openFrameTally } from './frame-tally.ts';
import { ASKED_FRAMES, FRAMES_MAX, openStrayBook } from './stray-book.ts';
import {
  readAnswer,
  readReturn,
  readStray,
  writeAnswer,
  writeReturn,
  writeStray,
} from './stray-frame.ts';
import { firstTry, type StrayWay, stepWay, type WayEvent } from './stray-way.ts';

export type RelayParts<Way> = {
  readonly world: World;
  readonly links: PeerLinks;
  readonly sink: EventSink;
  /** The number of this site. */
  readonly own: number;
  readonly ears: RelayEars<Way>;
};

export type Relay<Way> = StrayRelay<Way> & {
  readonly peerEars: Pick<PeerEars, 'onAsked' | 'onTold'>;
  close(): void;
};

const ANSWER_MS = 900;

/** Carries strays to their owners, and back what those have to say. */
export function openRelay<Way>({ world, links, sink, own, ears }: RelayParts<Way>): Relay<Way> {
  const book = openStrayBook<Way>(world);
  const limits = openSourceLimits();
  const frames = openFrameTally(world, FRAMES_MAX);

  const ask = async (way: StrayWay, number: number, rank: Rank, body: Buffer) => {
    if (!book.mayAsk(number, way.to)) return { kind: 'unanswered', why: 'shed' } as const;
    const answer = await links.carry({ to: way.to, subject: 'stray', rank, body }, ANSWER_MS);
    return eventOf(answer);
  };

  return {
    async carry({ way: back, limits: limited, ...stray }, to) {
      const verdict = limits.mayPass(limited, world.clock.mono());
      if (verdict !== 'yes') {
        sink.count('relayed', `limited-${verdict}`);
        return 'limited';
      }
      const number = book.begin(back);
      const body = writeStray({ ...stray, number });
      const rank = rankOf(stray.emergency);
      let way = firstTry(to);
      for (;;) {
        const step = stepWay(way, await ask(way, number, rank, body), own);
        if (step.do === 'end') {
          sink.count('relayed', step.outcome);
          return step.outcome;
        }
        way = step.way;
      }
    },
    async sendThrough(to, passage) {
      const rank = rankOf(passage.emergency);
      const body = writeStray({ number: 0, ...passage });
      const answer = await links.carry({ to, subject: 'through', rank, body }, ANSWER_MS);
      const isSent = eventOf(answer).kind === 'carried';
      sink.count('relayed', isSent ? 'through' : 'not-through');
      return isSent;
    },
    giveBack(to, number, raw, emergency) {
      if (!frames.take(`${to}.${number}`, 1)) return false;
      const body = writeReturn({ number, raw });
      return links.tell({ to, subject: 'send', rank: rankOf(emergency), body });
    },
    peerEars: {
      onAsked(from, subject, body, reply) {
        if (subject !== 'stray' && subject !== 'through') return;
        const stray = readStray(body);
        if (stray === undefined) reply(writeAnswer({ kind: 'unknown' }));
        else if (subject === 'through')
          reply(writeAnswer({ kind: ears.onThrough(stray) ? 'carried' : 'unknown' }));
        else {
          frames.take(`${from}.${stray.number}`, ASKED_FRAMES);
          ears.onRelayed(stray, from, (answer) => reply(writeAnswer(answer)));
        }
      },
      onTold(from, subject, body) {
        const back = subject === 'send' ? readReturn(body) : undefined;
        if (back === undefined) return;
        const way = book.wayBack(back.number, from);
        if (way === undefined) sink.count('relayed', 'unasked');
        else ears.onReturn(way, back.raw);
      },
    },
    close() {
      book.close();
      frames.close();
    },
  };
}

function rankOf(emergency: boolean): Rank {
  return emergency ? 'emergency' : 'ordinary';
}

function eventOf(answer: PeerAnswer): WayEvent {
  return answer.kind === 'answered'
    ? readAnswer(answer.body)
    : { kind: 'unanswered', why: answer.why };
}
