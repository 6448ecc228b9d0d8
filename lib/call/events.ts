import type { MonoMs, Octets } from '../base/brands.ts';
import type { Tag } from '../sip/ids.ts';
import type { Header } from '../sip/message.ts';

type Content = { readonly headers: readonly Header[]; readonly body: Octets };

/** Which of the site's addresses a message of the caller came to. */
export type Door = 'anycast' | 'unicast';

export type TimerName = 'first-response' | 'progress' | 'ring' | 'last-answer';

export type CallEvent = { readonly at: MonoMs } & (
  | (Content & { readonly on: 'a-cancelled' })
  | (Content & { readonly on: 'a-acknowledged'; readonly door: Door })
  | { readonly on: 'a-unacknowledged' }
  | (Content & { readonly on: 'a-hung-up'; readonly door: Door })
  | { readonly on: 'a-declined'; readonly door: Door }
  | { readonly on: 'b-trying'; readonly attempt: number }
  | (Content & {
      readonly on: 'b-ringing';
      readonly attempt: number;
      readonly status: number;
      readonly reason: string;
      readonly tag: Tag | undefined;
    })
  | (Content & {
      readonly on: 'b-answered';
      readonly attempt: number;
      readonly status: number;
      readonly reason: string;
      readonly tag: Tag;
    })
  | (Content & {
      readonly on: 'b-refused';
      readonly attempt: number;
      readonly status: number;
      readonly reason: string;
      readonly cause: 'response' | 'timeout' | 'transport';
    })
  | (Content & { readonly on: 'b-hung-up'; readonly attempt: number; readonly tag: Tag })
  | { readonly on: 'b-declined'; readonly attempt: number }
  | { readonly on: 'timer'; readonly name: TimerName }
  | { readonly on: 'shutdown' }
);

export type EventOf<Name extends CallEvent['on']> = Extract<CallEvent, { readonly on: Name }>;
