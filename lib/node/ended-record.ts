import type { CallId } from '../call/ids.ts';
import type { AttemptRecord } from '../call/record.ts';
import type { Termination } from '../call/termination.ts';
import { recordOf } from '../call/write-record.ts';
import type { EventSink } from '../ports/event-sink.ts';
import { writeAddress } from '../sip/address.ts';
import type { LiveCall } from './live-call.ts';
import { doorName } from './refused-record.ts';
import type { Surroundings } from './runtime.ts';

/** Writes the record of a call, once, and counts how it ended. */
export function writeRecord(
  { sink, site, world, merges }: Surroundings,
  call: LiveCall,
  end: Termination,
): void {
  if (call.isRecorded) return;
  call.isRecorded = true;
  merges.ended(call.claim, call.legA);
  const { facts } = call.state;
  const record = recordOf(facts, end, world.clock.mono(), {
    sipCallIdA: call.sipCallId,
    sipCallIdB: call.legsB.map(({ callId }) => callId),
    site,
    receivedOn: doorName(call.receivedOn.listener),
    through: call.through.size === 0 ? undefined : [...call.through],
    source: writeAddress(call.receivedOn.source),
    trunk: call.trunk,
    fromGateway: call.fromGateway,
    marks: call.marks,
    media: call.media?.legs,
    recorded: call.media?.isRecorded,
  });
  sink.record(record);
  const { emergency, callId, attempts } = facts;
  if (emergency && end.reason === 'gateways-exhausted')
    tellExhausted(sink, call.group, callId, attempts);
  sink.count('calls', end.fault);
  if (facts.moved !== undefined) sink.count('moved', facts.moved);
}

/** Nobody took an emergency call, or a message: somebody must look at once. */
export function tellExhausted(
  sink: EventSink,
  group: string | undefined,
  callId: CallId,
  attempts: readonly AttemptRecord[],
): void {
  const tried = attempts.map(({ gateway, status, reason }) => {
    return `${gateway}: ${status} ${reason}`.trim();
  });
  sink.note({ event: 'emergency-group-failed', level: 'error', group, callId, tried });
}
