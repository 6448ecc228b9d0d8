import { type Board, type Channel, fireOf, speak } from './channel.ts';

/** Each hears the other from now on; what both were doing ends. */
export function bridge(board: Board, one: Channel, other: Channel): void {
  for (const channel of [one, other]) {
    unbridge(board, channel);
    channel.stage.stop('hangup', true);
    leaveSocket(board, channel);
  }
  one.bridgedWith = other;
  other.bridgedWith = one;
  for (const [channel, partner] of [
    [one, other],
    [other, one],
  ] as const) {
    channel.variables.set('bridge_uuid', partner.id);
    channel.variables.set('signal_bond', partner.id);
    fireOf(board, channel, 'CHANNEL_EXECUTE', [
      ['Application', 'uuid_bridge'],
      ['Application-Data', partner.id],
    ]);
  }
  fireOf(board, one, 'CHANNEL_BRIDGE', [
    ['Bridge-A-Unique-ID', one.id],
    ['Bridge-B-Unique-ID', other.id],
  ]);
}

/** The dialplan's `socket` is over; the socket stays. */
export function leaveSocket(board: Board, channel: Channel): void {
  if (!channel.isInSocket) return;
  channel.isInSocket = false;
  fireOf(board, channel, 'CHANNEL_EXECUTE_COMPLETE', [
    ['Application', 'socket'],
    ['Application-Response', '_none_'],
  ]);
}

/** Answers the other one, that is alone now; undefined: there was none. */
export function unbridge(board: Board, one: Channel): Channel | undefined {
  const other = one.bridgedWith;
  if (other === undefined) return undefined;
  for (const channel of [one, other]) {
    channel.bridgedWith = undefined;
    channel.variables.delete('bridge_uuid');
    channel.variables.delete('signal_bond');
  }
  fireOf(board, one, 'CHANNEL_UNBRIDGE', [
    ['Bridge-A-Unique-ID', one.id],
    ['Bridge-B-Unique-ID', other.id],
  ]);
  return other;
}

/** Passes on what a channel hears; while something is played to the partner it does not hear it. */
export function passOn(from: Channel, frame: Int16Array): void {
  const partner = from.bridgedWith;
  if (partner !== undefined && partner.playing === 0) speak(partner, frame);
}
