import { Redis } from 'ioredis';
import type { Alarm, World } from '../../base/time.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import type { ClaimId } from '../../ports/ownership.ts';
import type { Claim } from '../claims/claim.ts';
import type { ClaimStore } from '../claims/claim-store.ts';
import { readClaim, writeClaim } from '../claims/claim-text.ts';

export type ClaimRedisOptions = {
  /** `redis://host:port`, on this host. */
  readonly url: string;
  readonly site: number;
};

export type ClaimRedisParts = {
  readonly world: World;
  readonly sink: EventSink;
  readonly options: ClaimRedisOptions;
};

/** Claims that wait to leave; of more the new ones are not kept. */
const WAITING_MAX = 20_000;
const BATCH_MAX = 1000;
const BATCH_EVERY_MS = 20;
/** After a batch was lost, the next one is tried so much later. */
const REST_MS = 1000;
const ANSWER_MS = 500;
const RETRY_MS_MIN = 200;
const RETRY_MS_MAX = 5000;
/** As long as a claim is held without being said again, and a little more. */
const BUCKET_MS = 60_000;
const BUCKETS = 4;
const BUCKET_SEC = 300;
const LOADED_MAX = 200_000;
const SCANNED_AT_ONCE = 1000;
const LOAD_MS = 10_000;

/**
 * Keeps claims in a Redis of this host, in one hash a minute, so that nothing has to be searched.
 * Nobody waits for it: claims leave in batches, one batch at a time, and a Redis that is down, hung
 * or says nonsense costs those batches alone.
 */
export function openClaimRedis({ world, sink, options }: ClaimRedisParts): ClaimStore {
  const { timers, clock } = world;
  const waiting = new Map<ClaimId, Claim>();
  const redis = connectTo(options.url);
  const bucketAt = (back: number) => Math.floor(clock.unix() / BUCKET_MS) - back;
  const keyOf = (bucket: number) => `landfall:claims:${options.site}:${bucket}`;
  let alarm: Alarm | undefined;
  const closing = new AbortController();
  const { signal } = closing;
  watch(redis, sink);

  const later = () => {
    if (alarm !== undefined || signal.aborted || waiting.size === 0) return;
    alarm = timers.set(BATCH_EVERY_MS, () => void send().then(rest));
  };
  const rest = (isKept: boolean) => {
    if (signal.aborted) return;
    alarm = isKept ? undefined : timers.set(REST_MS, () => rest(true));
    later();
  };
  const send = async (): Promise<boolean> => {
    const batch = [...waiting].slice(0, BATCH_MAX);
    for (const [id] of batch) waiting.delete(id);
    const key = keyOf(bucketAt(0));
    const fields = batch.flatMap(([id, claim]) => [id, writeClaim(claim)]);
    const isKept = await done(redis, async () => {
      await redis.hset(key, ...fields);
      await redis.expire(key, BUCKET_SEC);
    });
    sink.count('claim_batches', isKept ? 'kept' : 'lost');
    return isKept;
  };

  return {
    keep(claim) {
      if (signal.aborted) return;
      const id = claim.id;
      if (waiting.size >= WAITING_MAX && !waiting.has(id)) {
        sink.count('claim_batches', 'full');
        return;
      }
      waiting.set(id, claim);
      later();
    },
    async load(onClaim) {
      await done(redis, async () => {
        if (!(await isReady(redis, world, signal))) return;
        const buckets = Array.from({ length: BUCKETS }, (_, at) => bucketAt(BUCKETS - 1 - at));
        const until = clock.mono() + LOAD_MS;
        let left = LOADED_MAX;
        for (const bucket of buckets) {
          for await (const claim of claimsIn(redis, keyOf(bucket))) {
            if (left === 0 || signal.aborted || clock.mono() > until) return;
            left -= 1;
            onClaim(claim);
          }
        }
      });
    },
    async close() {
      if (alarm !== undefined) timers.clear(alarm);
      if (waiting.size > 0 && redis.status === 'ready') await send();
      closing.abort();
      redis.disconnect();
    },
  };
}

function connectTo(url: string): Redis {
  return new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: ANSWER_MS,
    commandTimeout: ANSWER_MS,
    disableClientInfo: true,
    protocol: 2,
    retryStrategy: (tries) => Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** Math.min(tries, 10)),
  });
}

/** Tells when it is there and when it is not, each once. */
function watch(redis: Redis, sink: EventSink): void {
  let state: 'unknown' | 'up' | 'down' = 'unknown';
  let why = 'closed';
  const turn = (next: 'up' | 'down') => {
    if (state === next) return;
    state = next;
    if (next === 'up') sink.note({ event: 'redis-up', level: 'info' });
    else sink.note({ event: 'redis-down', level: 'warn', why });
  };
  redis.on('error', (error: Error) => {
    why = error.message;
  });
  redis.on('ready', () => turn('up'));
  redis.on('close', () => turn('down'));
  // What becomes of it is told by the events.
  redis.connect().catch(() => undefined);
}

/** What failed leaves a connection that nobody can trust: what it still says belongs to nothing. */
async function done(redis: Redis, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch {
    // At once: one that is hung would never close its end. It is connected anew.
    if (redis.status === 'ready') redis.stream.destroy();
    return false;
  }
}

function isReady(redis: Redis, { timers }: World, closing: AbortSignal): Promise<boolean> {
  if (redis.status === 'ready') return Promise.resolve(true);
  return new Promise((resolve) => {
    const settle = () => {
      timers.clear(alarm);
      redis.off('ready', settle);
      closing.removeEventListener('abort', settle);
      resolve(redis.status === 'ready');
    };
    const alarm = timers.set(LOAD_MS, settle);
    redis.once('ready', settle);
    closing.addEventListener('abort', settle);
  });
}

/** As far as they can be read. */
async function* claimsIn(redis: Redis, key: string): AsyncGenerator<Claim> {
  let cursor = '0';
  do {
    const [next, fields] = await redis.hscan(key, cursor, 'COUNT', SCANNED_AT_ONCE);
    for (let at = 1; at < fields.length; at += 2) {
      const claim = readClaim(fields[at] ?? '');
      if (claim !== undefined) yield claim;
    }
    cursor = next;
  } while (cursor !== '0');
}
