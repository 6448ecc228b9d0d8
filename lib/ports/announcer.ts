import type { Octets } from '../base/brands.ts';
import type { CallId } from '../call/ids.ts';

export type Announcement = {
  readonly call: CallId;
  /** The caller's own offer, in which it said where it listens. */
  readonly offer: Octets;
  /** A file, by the name that it has where the announcer looks for it. */
  readonly prompt: string;
  /** Again and again, with ringing in between. */
  readonly isRepeated: boolean;
};

export type AnnouncementEars = {
  /** The caller hears it, once it gets this answer to its offer. */
  onSpeaking(sdp: Octets): void;
  /** All was said, or nothing could be; said once, and not after `hush`. */
  onOver(): void;
};

/**
 * Speaks to callers who are not answered yet. Nothing rejects or throws: who cannot be spoken to
 * has been spoken to within two seconds.
 */
export interface Announcer {
  /** In place of whatever that caller hears so far. */
  speak(announcement: Announcement, ears: AnnouncementEars): void;
  hush(call: CallId): void;
}
