import type { ReceivedOn } from '../../ports/sip-engine.ts';
import type { SipRequest } from '../../sip/message.ts';
import type { Wire } from './wires.ts';

/** A request and how it came. */
export type Arrival = {
  readonly request: SipRequest;
  readonly wire: Wire;
  readonly receivedOn: ReceivedOn;
  readonly raw: Buffer;
};
