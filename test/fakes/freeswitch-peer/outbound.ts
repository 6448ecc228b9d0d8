import { connect } from 'node:net';
import { type Board, type Channel, fireOf } from './channel.ts';
import { serveCommand } from './esl-serve.ts';
import { hangUp } from './hang-up.ts';
import { openListener } from './listener.ts';

/**
 * Runs the dialplan behind `answer`: a socket to whom the INVITE names, who has the channel as long
 * as it is open. Without one the dialplan is over, and with it the call.
 */
export function openOutbound(board: Board, channel: Channel, place: string): void {
  const { outboundSocket } = board.faults;
  if (outboundSocket === 'never') return;
  if (outboundSocket === 'at-once') connectTo(board, channel, place);
  else {
    board.world.timers.set(outboundSocket.afterMs, () => {
      board.pulse.run(() => connectTo(board, channel, place));
    });
  }
}

function connectTo(board: Board, channel: Channel, place: string): void {
  if (channel.hangupCause !== undefined) return;
  const colon = place.lastIndexOf(':');
  const host = place.slice(0, colon);
  const port = Number(place.slice(colon + 1));
  if (host === '' || !(port > 0 && port < 65_536)) {
    hangUp(board, channel, 'NORMAL_CLEARING', 'us');
    return;
  }
  const { id } = channel;
  const socket = connect({ host, port });
  const listener = openListener(socket, board.pulse, id, {
    onCommand: (from, command) => serveCommand(board, from, command),
    onGone(gone) {
      board.listeners.delete(gone);
      if (channel.bridgedWith === undefined) hangUp(board, channel, 'NORMAL_CLEARING', 'us');
    },
  });
  channel.listener = listener;
  channel.isInSocket = true;
  channel.variables.set('socket_host', host);
  board.listeners.add(listener);
  fireOf(board, channel, 'CHANNEL_EXECUTE', [
    ['Application', 'socket'],
    ['Application-Data', `${place} async full`],
  ]);
}
