import { header } from '../../../sip/header-names.ts';
import { listValues } from '../../../sip/headers.ts';
import type { Header } from '../../../sip/message.ts';
import { supports } from '../../../sip/option-tags.ts';
import {
  MIN_SE_SEC,
  minSe,
  minSeIn,
  sessionExpires,
  sessionExpiresIn,
} from '../../../sip/session-expires.ts';

/** How many intervals one request of ours may ask for, each as long as was wanted of it before. */
export const INTERVALS_MAX = 4;

/** What both ends of a dialog have agreed on. [4028-9] */
export type SessionTerms = {
  readonly intervalSec: number;
  /** Who sends the refreshes, whoever has sent the request at hand. */
  readonly refresher: 'us' | 'them';
  /** Whether the far end must, or should, act upon it. */
  readonly isRequired: boolean;
};

/** What a far end says of session timers in a request of its own, and what it gets for that. */
export type SessionWanted = {
  /** Absent: the session never expires. */
  readonly terms: SessionTerms | undefined;
  readonly takesUpdate: boolean;
};

/** A far end that names less than this is refreshed no more often. */
const INTERVAL_SEC_LEAST = 30;
const REQUIRE = header('Require', 'timer');
/** The far end that is not refreshed ends the session so long before it expires. [4028-10] */
const MARGIN_SEC_MAX = 32;
/** After a refresh that has failed nothing is tried for so long. */
const PAUSE_MS_LEAST = 32_000;
const GLARES_MAX = 4;

/**
 * What a UAS makes of a request. Of who refreshes it decides only if the UAC leaves that open; then
 * we do. `wishSec` is what we ask for where the far end can and does not; 0: nothing. [4028-9]
 */
export function wantedBy(headers: readonly Header[], wishSec: number): SessionWanted {
  return { terms: termsFor(headers, wishSec), takesUpdate: takesUpdate(headers) };
}

function termsFor(headers: readonly Header[], wishSec: number): SessionTerms | undefined {
  const isRequired = supports(headers, 'timer');
  const asked = sessionExpiresIn(headers);
  if (asked === undefined) {
    if (!isRequired || wishSec === 0) return undefined;
    return { intervalSec: Math.max(wishSec, minSeIn(headers)), refresher: 'us', isRequired };
  }
  if (asked.sec < MIN_SE_SEC) {
    // A UAC that could have been told 422 must not be given more than it has asked for.
    if (isRequired) return undefined;
    return { intervalSec: minSeIn(headers), refresher: 'us', isRequired };
  }
  const refresher = isRequired && asked.refresher === 'uac' ? 'them' : 'us';
  return { intervalSec: asked.sec, refresher, isRequired };
}

/** What a 2xx of ours says. A UAC that is to refresh, or to miss us, has to read it. [4028-9] */
export function sayTerms({ intervalSec, refresher, isRequired }: SessionTerms): Header[] {
  const said = sessionExpires(intervalSec, refresher === 'us' ? 'uas' : 'uac');
  return isRequired ? [said, REQUIRE] : [said];
}

type Asked = Pick<SessionTerms, 'intervalSec' | 'refresher'> & {
  /** The greatest Min-SE that was heard in the dialog; 90: none was. [4028-7.4] */
  readonly minSec: number;
};

/** What a request of ours asks for; 0 seconds: nothing. [4028-7.1] [4028-7.4] */
export function askTerms({ intervalSec, refresher, minSec }: Asked): Header[] {
  if (intervalSec === 0) return [];
  const said = sessionExpires(intervalSec, refresher === 'us' ? 'uac' : 'uas');
  return [said, ...(minSec > MIN_SE_SEC ? [minSe(minSec)] : [])];
}

/** What a 2xx to a request of ours says. Undefined: the session does not expire. [4028-7.2] */
export function agreedIn(headers: readonly Header[]): SessionTerms | undefined {
  const said = sessionExpiresIn(headers);
  if (said === undefined) return undefined;
  const intervalSec = Math.max(said.sec, INTERVAL_SEC_LEAST);
  return { intervalSec, refresher: said.refresher === 'uas' ? 'them' : 'us', isRequired: true };
}

/** Whether the sender says that UPDATE may be sent to it. [4028-7.4] */
export function takesUpdate(headers: readonly Header[]): boolean {
  return listValues(headers, 'allow').includes('UPDATE');
}

/** When there is something to do: half of the interval is over, or almost all of it. [4028-10] */
export function dueMs({ intervalSec, refresher }: SessionTerms): number {
  if (refresher === 'us') return (intervalSec * 1000) / 2;
  return Math.round((intervalSec - Math.min(MARGIN_SEC_MAX, intervalSec / 3)) * 1000);
}

export type FailedRefresh = {
  /** 408 and 503 as in any request without an answer. */
  readonly status: number;
  readonly isAnswer: boolean;
  readonly leftMs: number;
  readonly intervalSec: number;
  /** How often in a row it has met something else before. */
  readonly glares: number;
};

export type AfterFailure = {
  /** Whether the far end has left the session. */
  readonly isLost: boolean;
  /** When to try again. Absent: there is nobody to try. */
  readonly next: number | 'after-glare' | undefined;
};

/**
 * What a refresh that has failed means. A far end that refuses is there, and one that cannot be
 * reached may come back before the session expires. [4028-10]
 */
export function afterFailure(failed: FailedRefresh): AfterFailure {
  const { status, isAnswer, leftMs, intervalSec, glares } = failed;
  if (status === 481) return { isLost: true, next: undefined };
  if ((status === 491 || status === 500) && glares < GLARES_MAX) {
    return { isLost: false, next: 'after-glare' };
  }
  const isLost = status === 408 || (!isAnswer && status !== 491 && leftMs <= 0);
  const pauseMs = leftMs > 0 ? leftMs / 2 : (intervalSec * 1000) / 2;
  return { isLost, next: Math.max(PAUSE_MS_LEAST, pauseMs) };
}
