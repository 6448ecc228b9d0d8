import type { Refused } from '../guard/refusals.ts';
import type { Stray } from '../ports/sip-engine.ts';
import { reasonPhrase } from '../sip/status.ts';
import { warning } from '../sip/warning.ts';
import type { Sender } from './judge.ts';
import type { Desk } from './receptionist.ts';
import { refusalHeaders } from './refuse-call.ts';
import { refusedRecord } from './refused-record.ts';

const NOT_ALLOWED = 405;

/**
 * Refuses a MESSAGE. One that is not welcome leaves no record, as other requests that are no calls;
 * one that was refused as a call would be has one.
 */
export function refuseMessage(
  desk: Desk,
  message: Stray,
  { emergency, trunk, gateway, marks }: Sender,
  refused: Refused | 'unwelcome',
): void {
  const { engine, sink, identities, world, rules } = desk;
  sink.count('messages', 'refused');
  if (refused === 'unwelcome') {
    const says = [warning('landfall', 'messages outside of calls are for emergencies')];
    engine.respond(message.id, NOT_ALLOWED, reasonPhrase(NOT_ALLOWED), says);
    return;
  }
  const { condition, refusal } = refused;
  const { status } = refusal;
  const headers = refusalHeaders(condition, refusal, message, world);
  engine.respond(message.id, status, reasonPhrase(status), headers);
  sink.count('refusals', condition);
  sink.record(
    refusedRecord(message, {
      callId: identities.callId(identities.mint(emergency, message.request.callId)),
      site: rules.options.site,
      method: 'MESSAGE',
      trunk: trunk?.name,
      fromGateway: gateway?.name,
      emergency,
      marks,
      condition,
      status,
      at: world.clock.unix(),
    }),
  );
}
