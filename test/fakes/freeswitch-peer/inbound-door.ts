import { createServer, type Socket } from 'node:net';
import type { Alarm } from '../../../lib/base/time.ts';
import type { Address } from '../../../lib/sip/address.ts';
import { type Board, fire } from './channel.ts';
import type { EslCommand } from './esl-command.ts';
import { serveCommand } from './esl-serve.ts';
import { type Listener, openListener } from './listener.ts';

/** Where clients of the event socket come in. */
export type InboundDoor = {
  readonly at: Address;
  /** Cuts all connections that clients opened; they may come again. */
  dropClients(): void;
  close(): Promise<void>;
};

const RUDE = 'Access Denied, go away.\n';

export async function openInboundDoor(
  board: Board,
  at: Address,
  heartbeatMs: number,
): Promise<InboundDoor> {
  const clients = new Set<Listener>();
  const doors = createServer((socket) => board.pulse.run(() => greet(socket)));
  await new Promise<void>((resolve, reject) => {
    doors.once('error', reject);
    doors.listen({ host: at.address, port: at.port }, resolve);
  });
  const bound = doors.address();
  const port = bound === null || typeof bound === 'string' ? at.port : bound.port;
  const stopBeating = beat(board, heartbeatMs);

  function greet(socket: Socket): void {
    let isKnown = false;
    const listener = openListener(socket, board.pulse, undefined, {
      onCommand(from, command) {
        if (isKnown) serveCommand(board, from, command);
        else isKnown = admit(board, from, command);
      },
      onGone(gone) {
        clients.delete(gone);
        board.listeners.delete(gone);
      },
    });
    clients.add(listener);
    if (board.faults.turnsAway) {
      listener.sendRaw('Content-Type: text/rude-rejection\n', RUDE);
      listener.hangUp();
    } else listener.ask();
  }

  const dropClients = () => {
    for (const client of clients) client.cut();
  };
  return {
    at: { address: at.address, port },
    dropClients,
    async close() {
      stopBeating();
      const closed = new Promise((resolve) => {
        doors.close(resolve);
      });
      dropClients();
      await closed;
    },
  };
}

/** Answers whether the secret was right; whoever had a wrong one is hung up on. */
function admit(board: Board, listener: Listener, { line }: EslCommand): boolean {
  if (line === `auth ${board.settings.secret}`) {
    listener.reply('+OK accepted');
    board.listeners.add(listener);
    return true;
  }
  if (line.startsWith('auth ')) {
    listener.reply('-ERR invalid');
    listener.hangUp();
  } else if (line.startsWith('exit')) {
    listener.reply('+OK bye');
    listener.hangUp();
  } else listener.reply('-ERR command not found');
  return false;
}

function beat(board: Board, everyMs: number): () => void {
  const { timers, clock } = board.world;
  const since = clock.mono();
  let alarm: Alarm;
  const tick = () => {
    const upMs = Math.floor(clock.mono() - since);
    if (!board.pulse.isHanging) {
      fire(board, 'HEARTBEAT', [
        ['Event-Info', 'System Ready'],
        ['Up-Time', `0 years, 0 days, 0 hours, 0 minutes, 0 seconds, ${upMs} milliseconds`],
        ['FreeSWITCH-Version', '1.10.12-peer~64bit'],
        ['Uptime-msec', String(upMs)],
        ['Session-Count', String(board.channels.size)],
        ['Max-Sessions', String(board.settings.sessionsMax)],
        ['Session-Per-Sec', '30'],
        ['Idle-CPU', '99.000000'],
      ]);
    }
    alarm = timers.set(everyMs, tick);
  };
  alarm = timers.set(everyMs, tick);
  return () => timers.clear(alarm);
}
