import { never } from '../../base/never.ts';
import type { Timers } from '../../base/time.ts';
import type { EngineEars } from '../../ports/engine-ears.ts';
import type {
  LegEvent,
  ReceivedInvite,
  ReceivedOn,
  Stray,
  StrayResponse,
} from '../../ports/sip-engine.ts';
import type { LegId } from '../../sip/ids.ts';
import type { SipFault } from '../../sip/message.ts';

type News =
  | { readonly what: 'invite'; readonly invite: ReceivedInvite }
  | { readonly what: 'leg'; readonly leg: LegId; readonly event: LegEvent }
  | { readonly what: 'stray'; readonly stray: Stray }
  | { readonly what: 'stray-response'; readonly stray: StrayResponse }
  | { readonly what: 'message'; readonly message: Stray }
  /** Of a probe or a MESSAGE of ours. */
  | { readonly what: 'outcome'; readonly tell: () => void }
  | {
      readonly what: 'fault';
      readonly fault: SipFault;
      readonly receivedOn: ReceivedOn;
      readonly answered: boolean;
    };

/** Keeps what the node is to be told until the engine is done with what it was doing. */
export type EarQueue = {
  push(news: News): void;
  /** Tells everything, also what comes of the node's orders meanwhile. */
  flush(): void;
};

export function earQueue(ears: EngineEars): EarQueue {
  const waiting: News[] = [];
  let telling = false;
  return {
    push: (news) => void waiting.push(news),
    flush() {
      if (telling) return;
      telling = true;
      try {
        for (let news = waiting.shift(); news !== undefined; news = waiting.shift()) {
          tell(ears, news);
        }
      } finally {
        telling = false;
      }
    },
  };
}

function tell(ears: EngineEars, news: News): void {
  switch (news.what) {
    case 'invite':
      ears.onInvite(news.invite);
      return;
    case 'leg':
      ears.onLeg(news.leg, news.event);
      return;
    case 'stray':
      ears.onStray(news.stray);
      return;
    case 'stray-response':
      ears.onStrayResponse?.(news.stray);
      return;
    case 'message':
      ears.onMessage?.(news.message);
      return;
    case 'outcome':
      news.tell();
      return;
    case 'fault':
      ears.onFault(news.fault, news.receivedOn, news.answered);
      return;
    default:
      never(news);
  }
}

/** Timers after whose alarms the node is told what has come of them. */
export function tellingTimers(timers: Timers, news: EarQueue): Timers {
  return {
    set: (delayMs, run) =>
      timers.set(delayMs, () => {
        run();
        news.flush();
      }),
    clear: (alarm) => timers.clear(alarm),
  };
}
