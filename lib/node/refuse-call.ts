import { NO_OCTETS } from '../base/brands.ts';
import type { World } from '../base/time.ts';
import type { Arrived } from '../guard/loop-guard.ts';
import type { Condition, Refusal, Refused } from '../guard/refusals.ts';
import type { ReceivedInvite } from '../ports/sip-engine.ts';
import { writeAddress } from '../sip/address.ts';
import { header } from '../sip/header-names.ts';
import type { Header } from '../sip/message.ts';
import { reasonPhrase } from '../sip/status.ts';
import { warning } from '../sip/warning.ts';
import { requiredExtensions } from './admission.ts';
import type { Caller, Desk } from './receptionist.ts';
import { refusedRecord } from './refused-record.ts';

const RETRY_AFTER_SEC_MIN = 5;
const RETRY_AFTER_SEC_SPREAD = 25;

/** Tells the caller why its call is not placed, and the log and the record too. */
export function refuse(
  desk: Desk,
  invite: ReceivedInvite,
  caller: Caller,
  { condition, refusal }: Refused,
): void {
  const { engine, sink, identities, world } = desk;
  const { leg, request } = invite;
  const identity = identities.mint(caller.emergency, request.callId);
  const { status } = refusal;
  engine.reject(leg, {
    status,
    reason: reasonPhrase(status),
    tag: identity.tag,
    contact: undefined,
    headers: refusalHeaders(condition, refusal, invite, world),
    body: NO_OCTETS,
  });
  sink.count('refusals', condition);
  if (condition === 'loop') {
    const source = writeAddress(invite.receivedOn.source);
    sink.note({ event: 'loop', level: 'warn', source, sipCallId: request.callId });
  }
  sink.record(
    refusedRecord(invite, {
      callId: identities.callId(identity),
      site: desk.rules.options.site,
      trunk: caller.trunk?.name,
      fromGateway: caller.gateway?.name,
      emergency: caller.emergency,
      marks: caller.marks,
      condition,
      status,
      at: world.clock.unix(),
    }),
  );
}

/** What a refusal says besides its status. */
export function refusalHeaders(
  condition: Condition,
  { says, retryLater }: Refusal,
  invite: Arrived,
  { rng }: World,
): Header[] {
  const headers = [warning('landfall', says)];
  if (condition === 'unknown-extension') {
    headers.push(header('Unsupported', requiredExtensions(invite)));
  }
  if (retryLater) {
    const seconds = RETRY_AFTER_SEC_MIN + Math.floor(rng.fraction() * RETRY_AFTER_SEC_SPREAD);
    headers.push(header('Retry-After', String(seconds)));
  }
  return headers;
}
