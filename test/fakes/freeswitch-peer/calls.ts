import { NO_OCTETS } from '../../../lib/base/brands.ts';
import { clearAlarms } from '../../../lib/engine/builtin/alarms.ts';
import { cancelledKey, dialogKey, serverKey } from '../../../lib/engine/builtin/proto/match.ts';
import type { Address } from '../../../lib/sip/address.ts';
import { tagOf } from '../../../lib/sip/ids.ts';
import type { SipRequest } from '../../../lib/sip/message.ts';
import { reasonPhrase } from '../../../lib/sip/status.ts';
import { acknowledged, answer, type Call, newCall, refuse } from './call.ts';
import { type Board, fireOf } from './channel.ts';
import { hangUp } from './hang-up.ts';
import { newChannel } from './new-channel.ts';
import { readAudio } from './sdp.ts';
import { type Arrived, openSipDoor, type SipDoor } from './sip-door.ts';

/** The calls of the sofia profile. */
export type Calls = { readonly at: Address; close(): Promise<void> };

/** INVITEs that nobody will answer, until they are cancelled. */
const IGNORED_MAX = 1000;

const CAUSES: Readonly<Record<string, number>> = {
  NO_ROUTE_DESTINATION: 3,
  NORMAL_CLEARING: 16,
  USER_BUSY: 17,
  CALL_REJECTED: 21,
  DESTINATION_OUT_OF_ORDER: 27,
  INCOMPATIBLE_DESTINATION: 88,
  RECOVERY_ON_TIMER_EXPIRE: 102,
};

type Desk = {
  readonly board: Board;
  readonly door: SipDoor;
  /** By their dialogs. */
  readonly calls: Map<string, Call>;
  readonly ignored: Map<string, Arrived>;
};

export async function openCalls(board: Board): Promise<Calls> {
  const { world, pulse, settings } = board;
  const desk: Desk = {
    board,
    door: await openSipDoor(world, pulse, settings.sip, {
      onRequest: (arrived) => serve(desk, arrived),
    }),
    calls: new Map(),
    ignored: new Map(),
  };
  return {
    at: desk.door.at,
    async close() {
      for (const call of desk.calls.values()) forget(desk, call);
      await desk.door.close();
    },
  };
}

function serve(desk: Desk, arrived: Arrived): void {
  const { board, door } = desk;
  const { request } = arrived;
  const call = desk.calls.get(keyOf(request));
  switch (request.method) {
    case 'INVITE':
      if (call !== undefined) answer(board, door, call, arrived);
      else if (request.to.tag === undefined) invited(desk, arrived);
      else refuse(door, arrived, 481);
      break;
    case 'ACK':
      if (call !== undefined) acknowledged(board, call, arrived);
      break;
    case 'BYE':
      refuse(door, arrived, call === undefined ? 481 : 200, call?.dialog);
      if (call !== undefined) ended(desk, call);
      break;
    case 'CANCEL':
      cancelled(desk, arrived);
      break;
    case 'OPTIONS':
      refuse(door, arrived, 200);
      break;
    default:
      refuse(door, arrived, 405, call?.dialog);
  }
}

function invited(desk: Desk, arrived: Arrived): void {
  const { board, door, ignored } = desk;
  const { invite } = board.faults;
  trying(door, arrived);
  if (invite === 'silence') {
    if (ignored.size < IGNORED_MAX) ignored.set(serverKey(arrived.request), arrived);
    return;
  }
  const { body } = arrived.request;
  const hasLaw = body === NO_OCTETS || (readAudio(body)?.laws.length ?? 0) > 0;
  if (invite !== 'answer') refuse(door, arrived, invite.status);
  else if (board.channels.size >= board.settings.sessionsMax) refuse(door, arrived, 503);
  else if (!hasLaw) refuse(door, arrived, 488);
  else void begin(desk, arrived);
}

function trying(door: SipDoor, arrived: Arrived): void {
  door.respond(arrived, {
    status: 100,
    reason: reasonPhrase(100),
    tag: undefined,
    formsDialog: false,
    headers: [],
    body: NO_OCTETS,
  });
}

/** A media address that is no address of this host leaves the INVITE with 503. */
async function begin(desk: Desk, arrived: Arrived): Promise<void> {
  const { board, door, calls } = desk;
  const channel = await newChannel(board, arrived, (cause) => sayBye(desk, call, cause)).catch(() =>
    refuse(door, arrived, 503),
  );
  if (channel === undefined) return;
  const call = newCall(channel, arrived);
  board.pulse.run(() => {
    calls.set(keyFor(call), call);
    board.channels.set(channel.id, channel);
    fireOf(board, channel, 'CHANNEL_CREATE');
    answer(board, door, call, arrived);
  });
}

function sayBye(desk: Desk, call: Call, cause: string): void {
  forget(desk, call);
  desk.door.bye(call.dialog, `Q.850;cause=${CAUSES[cause] ?? 16};text="${cause}"`);
}

function ended(desk: Desk, call: Call): void {
  forget(desk, call);
  hangUp(desk.board, call.channel, 'NORMAL_CLEARING', 'far');
}

function forget({ board, calls }: Desk, call: Call): void {
  clearAlarms(board.world.timers, call.alarms);
  calls.delete(keyFor(call));
}

function cancelled({ door, ignored }: Desk, arrived: Arrived): void {
  const key = cancelledKey(arrived.request);
  const invite = ignored.get(key);
  refuse(door, arrived, invite === undefined ? 481 : 200);
  if (invite === undefined) return;
  ignored.delete(key);
  refuse(door, invite, 487);
}

function keyFor({ dialog }: Call): string {
  return dialogKey(dialog.callId, dialog.localTag, dialog.remoteTag);
}

/** As this side sees it, of a request that came. */
function keyOf({ callId, to, from }: SipRequest): string {
  return dialogKey(callId, to.tag ?? tagOf(''), from.tag ?? tagOf(''));
}
