import type { World } from '../../../base/time.ts';
import type {
  NameAnswer,
  NameFailure,
  NameQuestion,
  NameService,
} from '../../../ports/name-service.ts';
import type { Address } from '../../../sip/address.ts';
import { type Exchange, type Exchanged, overTcp, overUdp } from './exchange.ts';
import { readReply, writeQuery } from './wire.ts';

const TRY_MS = 2000;
/** How often all the servers are asked, one after the other, before nobody knows. */
const ROUNDS = 2;

export type NameClientParts = {
  readonly world: World;
  /** Read anew for each question: they may change. The first one that knows decides. */
  readonly servers: () => readonly Address[];
};

/** Looks names up at recursive servers: a stub resolver that hands on the TTLs of all records. */
export function openNameClient({ world, servers }: NameClientParts): NameService {
  const underWay = new Set<() => void>();
  let isClosed = false;
  return {
    async ask(question) {
      let why: NameFailure = 'unreachable';
      const all = servers();
      for (const server of Array.from({ length: ROUNDS }, () => all).flat()) {
        if (isClosed) return { kind: 'failed', why: 'closed' };
        const answer = await askOne(server, question, world, underWay);
        if (answer.kind !== 'failed') return answer;
        why = answer.why;
      }
      return { kind: 'failed', why };
    },
    close() {
      isClosed = true;
      for (const end of underWay) end();
    },
  };
}

async function askOne(
  server: Address,
  question: NameQuestion,
  world: World,
  underWay: Exchange['underWay'],
): Promise<NameAnswer> {
  const short = await overUdp(exchangeWith(server, question, world, underWay));
  if (short.kind !== 'reply' || !short.reply.isTruncated) return answerOf(short);
  return answerOf(await overTcp(exchangeWith(server, question, world, underWay)));
}

/** Each has an id of its own that cannot be guessed. [5452-9.2] */
function exchangeWith(
  server: Address,
  question: NameQuestion,
  { rng, timers }: World,
  underWay: Exchange['underWay'],
): Exchange {
  const [high = 0, low = 0] = rng.bytes(2);
  const id = high * 256 + low;
  return {
    server,
    query: writeQuery(id, question),
    read: (bytes) => readReply(bytes, id, question),
    withinMs: TRY_MS,
    timers,
    underWay,
  };
}

function answerOf(exchanged: Exchanged): NameAnswer {
  return exchanged.kind === 'reply' ? exchanged.reply.answer : exchanged;
}
