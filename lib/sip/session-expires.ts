import { header } from './header-names.ts';
import { headerValue } from './headers.ts';
import type { Header } from './message.ts';
import { supports } from './option-tags.ts';
import { paramValue, readParams } from './params.ts';

/** Who sends the refreshes, by its role in the request at hand. [4028-4] */
export type Refresher = 'uac' | 'uas';

export type SessionExpires = {
  readonly sec: number;
  /** Absent: it is left to the UAS. */
  readonly refresher: Refresher | undefined;
};

/** The shortest session interval that there may be, and the least one here. [4028-5] */
export const MIN_SE_SEC = 90;

/** Undefined: there is none, or none that can be read. [4028-4] */
export function sessionExpiresIn(headers: readonly Header[]): SessionExpires | undefined {
  const value = headerValue(headers, 'session-expires') ?? '';
  const sec = secondsIn(value);
  if (sec === undefined) return undefined;
  const named = paramValue(readParams(value, 0).list, 'refresher')?.toLowerCase();
  return { sec, refresher: named === 'uac' || named === 'uas' ? named : undefined };
}

/** The shortest interval that the sender and those on its way take; 90 s by default. [4028-5] */
export function minSeIn(headers: readonly Header[]): number {
  return Math.max(MIN_SE_SEC, secondsIn(headerValue(headers, 'min-se') ?? '') ?? 0);
}

function secondsIn(value: string): number | undefined {
  const seconds = /^\s*(\d{1,10})\s*(?:;|$)/.exec(value)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}

/**
 * Whether a request asks for an interval that may be refused with 422: its sender can only ask for
 * another one if it supports session timers. [4028-9]
 */
export function isIntervalTooSmall(headers: readonly Header[]): boolean {
  const asked = sessionExpiresIn(headers);
  return asked !== undefined && asked.sec < MIN_SE_SEC && supports(headers, 'timer');
}

export function sessionExpires(sec: number, refresher: Refresher): Header {
  return header('Session-Expires', `${sec};refresher=${refresher}`);
}

export function minSe(sec: number): Header {
  return header('Min-SE', `${sec}`);
}
