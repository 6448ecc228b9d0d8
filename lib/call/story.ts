import type { UnixMs } from '../base/brands.ts';
import type { CallId } from './ids.ts';

/** One event of a call as the log shows it; the ladder is drawn from these. */
export type Step = {
  readonly at: UnixMs;
  readonly callId: CallId;
  readonly site: string;
  readonly leg: 'a' | 'b';
  /** The name of a CallEvent or of an effect: `a-invited`, `b-ringing`, `answer-a`. */
  readonly event: string;
  /** What stood on the wire: `INVITE`, `180 Ringing`. Absent where nothing did. */
  readonly message?: string | undefined;
  readonly direction?: 'in' | 'out' | undefined;
  /** `address:port` of our socket and of the far end. */
  readonly local?: string | undefined;
  readonly remote?: string | undefined;
  /** The other site that the message came through, or a response goes by. Absent: none. */
  readonly through?: string | undefined;
  readonly attempt?: number | undefined;
  readonly gateway?: string | undefined;
  /** Which engine carries leg b. Absent where the site has one. */
  readonly engine?: string | undefined;
  /** The Contact that the message named, ours or theirs. */
  readonly contact?: string | undefined;
  readonly why?: string | undefined;
};
