import { afterAll, describe, test } from '@jest/globals';
import type { Transport } from '../../../lib/sip/address.ts';
import { type Promised, reasonAgainst, timesFor } from './promise.ts';
import { ANSWERING } from './promises/answering.ts';
import { ASKED } from './promises/asked.ts';
import { ASKING } from './promises/asking.ts';
import { BODIES } from './promises/bodies.ts';
import { CANCELLING } from './promises/cancelling.ts';
import { CLOSING } from './promises/closing.ts';
import { CONNECTIONS } from './promises/connections.ts';
import { FORKING } from './promises/forking.ts';
import { HANGING_UP } from './promises/hanging-up.ts';
import { HEADER_LINES } from './promises/header-lines.ts';
import { INVITING } from './promises/inviting.ts';
import { MESSAGING } from './promises/messaging.ts';
import { PROBING } from './promises/probing.ts';
import { RE_INVITED } from './promises/re-invited.ts';
import { RE_INVITING } from './promises/re-inviting.ts';
import { REFUSING } from './promises/refusing.ts';
import { SESSION_TIMERS } from './promises/session-timers.ts';
import { TAKING_BACK } from './promises/taking-back.ts';
import { TRANSFERRING } from './promises/transferring.ts';
import { openStage } from './stage.ts';
import type { Subject } from './subject.ts';

const TEST_MS = 15_000;

const TOPICS: readonly (readonly [string, readonly Promised[]])[] = [
  ['an INVITE of ours', INVITING],
  ['what the gateway says to it', ANSWERING],
  ['an INVITE that nobody answers', REFUSING],
  ['giving up a gateway', CANCELLING],
  ['an INVITE that forks', FORKING],
  ['the end of a call', HANGING_UP],
  ['what the gateway asks within a call', ASKED],
  ['what we ask within a call', ASKING],
  ['a re-INVITE of the gateway', RE_INVITED],
  ['a re-INVITE of ours', RE_INVITING],
  ['a re-INVITE that is taken back', TAKING_BACK],
  ['a call that may be transferred', TRANSFERRING],
  ['a session timer', SESSION_TIMERS],
  ['a probe', PROBING],
  ['a message', MESSAGING],
  ['a body', BODIES],
  ['a header line', HEADER_LINES],
  ['a connection', CONNECTIONS],
  ['an engine that is closed', CLOSING],
];

/** Holds an engine to the port's promises on the gateway side, by each transport that it speaks. */
export function holdsToThePort(subject: Subject): void {
  for (const transport of subject.transports) {
    const asked = TOPICS.map(([topic, all]) => [topic, askedOf(subject, transport, all)] as const);
    describe(`${subject.name} by ${transport}`, () => {
      for (const [topic, promises] of asked) {
        const quick = promises.filter(({ needs }) => needs.waitsMs === undefined);
        describe(topic, () => {
          for (const promise of quick) keep(subject, transport, promise);
        });
      }
      describe('in time', () => {
        for (const [topic, promises] of asked) {
          for (const promise of promises) {
            if (promise.needs.waitsMs !== undefined) keep(subject, transport, promise, topic);
          }
        }
      });
    });
  }
}

/** What is left out is said at the end, with the reason. */
function askedOf(
  subject: Subject,
  transport: Transport,
  all: readonly Promised[],
): readonly Promised[] {
  const leftOut: string[] = [];
  const asked = all.filter(({ title, needs }) => {
    if (needs.only !== undefined && needs.only !== transport) return false;
    const why = reasonAgainst(subject, needs);
    if (why !== undefined) leftOut.push(`${title}\n  since ${why}`);
    return why === undefined;
  });
  afterAll(() => {
    for (const what of leftOut) {
      console.info(`${subject.name} by ${transport} was not asked: ${what}`);
    }
  });
  return asked;
}

/** Those that wait do so together. */
function keep(subject: Subject, transport: Transport, promise: Promised, topic?: string): void {
  const { title, needs, act } = promise;
  const times = timesFor(subject, needs);
  const run = async () => {
    const stage = await openStage(subject, { transport, times });
    try {
      await act(stage);
      await stage.isDone();
    } finally {
      await stage.close();
    }
  };
  if (topic === undefined) test(title, run, TEST_MS);
  else test.concurrent(`${topic}: ${title}`, run, TEST_MS + (needs.waitsMs ?? 0) / times);
}
