import { leaveSocket, unbridge } from './bridge.ts';
import { type Board, type Channel, fireOf, setCallState } from './channel.ts';
import { closeRecorder } from './recording.ts';

/**
 * Ends a channel. The one that it is bridged with ends with it, unless that has been told to park.
 * `far`: the far end has said BYE.
 */
export function hangUp(board: Board, channel: Channel, cause: string, by: 'us' | 'far'): void {
  if (channel.hangupCause !== undefined) return;
  channel.hangupCause = cause;
  channel.variables.set('hangup_cause', cause);
  fireOf(board, channel, 'CHANNEL_HANGUP');
  const partner = unbridge(board, channel);
  if (partner !== undefined && partner.variables.get('park_after_bridge') !== 'true')
    hangUp(board, partner, 'NORMAL_CLEARING', 'us');
  // An application that hangs up ends before the channel does.
  setImmediate(() => board.pulse.run(() => leave(board, channel, by)));
}

function leave(board: Board, channel: Channel, by: 'us' | 'far'): void {
  channel.stage.stop('hangup', true);
  leaveSocket(board, channel);
  setCallState(board, channel, 'HANGUP');
  if (by === 'us') channel.sayBye(channel.hangupCause ?? '');
  for (const recorder of channel.recorders.values()) closeRecorder(board, channel, recorder);
  channel.media.close();
  fireOf(board, channel, 'CHANNEL_HANGUP_COMPLETE');
  fireOf(board, channel, 'CHANNEL_DESTROY');
  board.channels.delete(channel.id);
  channel.listener?.hangUp();
}
