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

export async function openCalls(board: Board): Promise<Calls> {
  const calls = new Map<string, Call>();
  const ignored = new Map<string, Arrived>();
  const door: SipDoor = await openSipDoor(board.world, board.pulse, board.settings.sip, {
    onRequest,
  });

  function onRequest(arrived: Arrived): void {
    const { request } = arrived;
    const call = calls.get(keyOf(request));
    switch (request.method) {
      case 'INVITE':
        if (call !== undefined) answer(board, door, call, arrived);
        else if (request.to.tag === undefined) invited(arrived);
        else refuse(door, arrived, 481);
        break;
      case 'ACK':
        if (call !== undefined) acknowledged(board, call, arrived);
        break;
      case 'BYE':
        refuse(door, arrived, call === undefined ? 481 : 200, call?.dialog);
        if (call !== undefined) ended(call);
        break;
      case 'CANCEL':
        cancelled(arrived);
        break;
      case 'OPTIONS':
        refuse(door, arrived, 200);
        break;
      default:
        refuse(door, arrived, 405, call?.dialog);
    }
  }

  function invited(arrived: Arrived): void {
    const { invite } = board.faults;
    trying(arrived);
    if (invite === 'silence') {
      if (ignored.size < IGNORED_MAX) ignored.set(serverKey(arrived.request), arrived);
      return;
    }
    const { body } = arrived.request;
    const hasLaw = body === NO_OCTETS || (readAudio(body)?.laws.length ?? 0) > 0;
    if (invite !== 'answer') refuse(door, arrived, invite.status);
    else if (board.channels.size >= board.settings.sessionsMax) refuse(door, arrived, 503);
    else if (!hasLaw) refuse(door, arrived, 488);
    else void begin(arrived);
  }

  function trying(arrived: Arrived): void {
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
  async function begin(arrived: Arrived): Promise<void> {
    const channel = await newChannel(board, arrived, (cause) => sayBye(key, cause)).catch(() => {
      refuse(door, arrived, 503);
    });
    if (channel === undefined) return;
    const call = newCall(channel, arrived);
    const { callId, localTag, remoteTag } = call.dialog;
    const key = dialogKey(callId, localTag, remoteTag);
    board.pulse.run(() => {
      calls.set(key, call);
      board.channels.set(channel.id, channel);
      fireOf(board, channel, 'CHANNEL_CREATE');
      answer(board, door, call, arrived);
    });
  }

  function sayBye(key: string, cause: string): void {
    const call = calls.get(key);
    if (call === undefined) return;
    forget(key, call);
    door.bye(call.dialog, `Q.850;cause=${CAUSES[cause] ?? 16};text="${cause}"`);
  }

  function ended(call: Call): void {
    const { callId, localTag, remoteTag } = call.dialog;
    forget(dialogKey(callId, localTag, remoteTag), call);
    hangUp(board, call.channel, 'NORMAL_CLEARING', 'far');
  }

  function forget(key: string, { alarms }: Call): void {
    clearAlarms(board.world.timers, alarms);
    calls.delete(key);
  }

  function cancelled(arrived: Arrived): void {
    const key = cancelledKey(arrived.request);
    const invite = ignored.get(key);
    refuse(door, arrived, invite === undefined ? 481 : 200);
    if (invite === undefined) return;
    ignored.delete(key);
    refuse(door, invite, 487);
  }

  return {
    at: door.at,
    async close() {
      for (const [key, call] of calls) forget(key, call);
      await door.close();
    },
  };
}

/** As this side sees it, of a request that came. */
function keyOf({ callId, to, from }: SipRequest): string {
  return dialogKey(callId, to.tag ?? tagOf(''), from.tag ?? tagOf(''));
}
