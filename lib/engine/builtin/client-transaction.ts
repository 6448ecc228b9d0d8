import { headerValue } from '../../sip/headers.ts';
import type { SipResponse } from '../../sip/message.ts';
import type { Alarms } from './alarms.ts';
import type { Inviter, RequestUser } from './client-users.ts';
import type { Flow } from './legs.ts';
import { composeAck } from './proto/compose.ts';
import type { InviteClientState } from './proto/invite-client.ts';
import type { NonInviteClientState } from './proto/non-invite-client.ts';

export type InviteClient = {
  readonly kind: 'invite';
  readonly key: string;
  readonly leg: Inviter;
  readonly alarms: Alarms;
  /** Was sent once more since its connection broke. */
  isAgain: boolean;
  state: InviteClientState;
  /** Absent once nothing will send it again. */
  bytes: Buffer | undefined;
};

export type NonInviteClient = {
  readonly kind: 'non-invite';
  readonly key: string;
  readonly flow: Flow;
  readonly alarms: Alarms;
  isAgain: boolean;
  state: NonInviteClientState;
  /** Absent once nothing will send it again. */
  bytes: Buffer | undefined;
  /** Absent: nobody waits for what comes of it. */
  user: RequestUser | undefined;
};

export type Client = InviteClient | NonInviteClient;

export function flowOf(transaction: Client): Flow {
  return transaction.kind === 'invite' ? transaction.leg.flow : transaction.flow;
}

/** Once a provisional has come the callee knows where to, whatever becomes of the connection. */
export function isPending({ kind, state }: Client): boolean {
  if (kind === 'invite') return state.tag === 'calling';
  return state.tag === 'trying' || state.tag === 'proceeding';
}

export function ackFor({ invite }: Inviter, response: SipResponse | undefined): Buffer | undefined {
  if (response === undefined || invite === undefined) return undefined;
  return composeAck(invite, headerValue(response.headers, 'to') ?? invite.to.value);
}
