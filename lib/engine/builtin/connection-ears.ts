import type { Connection } from './connection.ts';
import type { WhyGivenUp } from './connection-counts.ts';
import type { Far } from './far.ts';
import type { Framed } from './proto/framing.ts';

/** What comes on the connections of one listener. */
export type ConnectionEars = {
  onMessage(bytes: Buffer, from: Far): void;
  /** The stream is lost; what is sent to it now still leaves. */
  onBroken(found: Extract<Framed, { what: 'broken' }>, from: Far): void;
};

export type SharedEars = {
  onSendFailure(bytes: Buffer): void;
  /** One that requests of ours have gone out on has ended. */
  onLost(lost: Lost): void;
  /** Says what calls and transactions need: neither age nor silence ends that. */
  usage(): Usage;
  /** One was ended that somebody else might have kept. Absent: nobody wants to know. */
  onGivenUp?(why: WhyGivenUp, source: string): void;
};

export type Lost = Pick<Connection, 'id' | 'way'> & {
  /** Otherwise it never opened. */
  readonly wasOpen: boolean;
};
export type Usage = (connection: Pick<Connection, 'id' | 'way'>) => boolean;
