import type { LegId } from '../sip/ids.ts';
import type { SipFault } from '../sip/message.ts';
import type { LegEvent, ReceivedInvite, ReceivedOn, Stray, StrayResponse } from './sip-engine.ts';

/** What the engine tells the node. It is called with nothing of the engine half done. */
export interface EngineEars {
  /**
   * Whether a new call or MESSAGE is an emergency: asked before it is told, where there is no room
   * for others, and nothing comes of the question. Absent: none is.
   */
  isEmergency?(arrived: Pick<ReceivedInvite, 'request' | 'receivedOn'>): boolean;
  /** A new call. The engine answers 100 by itself. */
  onInvite(invite: ReceivedInvite): void;
  onLeg(leg: LegId, event: LegEvent): void;
  /** A request with a To-tag, or a CANCEL, that belongs to nothing here. */
  onStray(stray: Stray): void;
  /** A MESSAGE outside of every dialog, to be answered as a stray is. Absent: it gets 405. */
  onMessage?(message: Stray): void;
  /** Absent: such a response is discarded. [3261-18.1.2] */
  onStrayResponse?(stray: StrayResponse): void;
  /** Bytes that were no usable message; 400 was sent where that was possible. */
  onFault(fault: SipFault, receivedOn: ReceivedOn, answered: boolean): void;
}
