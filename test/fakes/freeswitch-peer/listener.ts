import type { Socket } from 'node:net';
import { type EslCommand, openEslReader } from './esl-command.ts';
import {
  byteLength,
  type EslEvent,
  type EventLines,
  valueIn,
  writeJson,
  writePlain,
} from './esl-event.ts';
import type { Pulse } from './pulse.ts';

export type Format = 'plain' | 'json';

/** One connection of the event socket, whoever began it. */
export type Listener = {
  /** Absent on those that clients opened: the channel it belongs to. */
  readonly channelId: string | undefined;
  readonly wants: Wants;
  /** Told if it is wanted. */
  tell(event: EslEvent): void;
  /** Wants to be told the secret. */
  ask(): void;
  reply(text: string, more?: EventLines): void;
  respond(body: string): void;
  /** The answer to `connect`: one message, without a body. */
  sendLines(lines: EventLines): void;
  sendRaw(head: string, body: string): void;
  /** Says good-bye first. */
  hangUp(): void;
  /** Without a word. */
  cut(): void;
};

/** Which events a listener has asked for. */
export type Wants = {
  format: Format;
  /** Names; ALL is one of them. */
  readonly names: Set<string>;
  /** Of CUSTOM events. */
  readonly subclasses: Set<string>;
  readonly filters: { readonly header: string; readonly value: string }[];
  /** Nothing but those of its own channel. */
  isMine: boolean;
};

export type ListenerEars = {
  onCommand(listener: Listener, command: EslCommand): void;
  onGone(listener: Listener): void;
};

const GOOD_BYE = 'Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n';

export function openListener(
  socket: Socket,
  pulse: Pulse,
  channelId: string | undefined,
  ears: ListenerEars,
): Listener {
  const read = openEslReader();
  let isOpen = true;
  const write = (text: string) => {
    if (isOpen) pulse.run(() => void (socket.writable && socket.write(text)));
  };
  const wants: Wants = {
    format: 'plain',
    names: new Set(),
    subclasses: new Set(),
    filters: [],
    isMine: false,
  };
  const listener: Listener = {
    channelId,
    wants,
    tell(event) {
      if (!isWanted(listener, event)) return;
      const { format } = wants;
      const text = (format === 'json' ? writeJson : writePlain)(event.lines, event.body);
      const length = byteLength(text);
      write(`Content-Length: ${length}\nContent-Type: text/event-${format}\n\n${text}`);
    },
    ask: () => write('Content-Type: auth/request\n\n'),
    reply(text, more = []) {
      let lines = '';
      for (const [name, value] of more) lines += `${name}: ${value}\n`;
      write(`Content-Type: command/reply\nReply-Text: ${text}\n${lines}\n`);
    },
    respond(body) {
      const whole = body === '' ? '-ERR no reply\n' : body;
      write(`Content-Type: api/response\nContent-Length: ${byteLength(whole)}\n\n${whole}`);
    },
    sendLines: (lines) => write(writePlain(lines)),
    sendRaw: (head, body) => write(`${head}Content-Length: ${byteLength(body)}\n\n${body}`),
    hangUp() {
      const whose = channelId === undefined ? '' : controlled(channelId);
      listener.sendRaw(`Content-Type: text/disconnect-notice\n${whose}`, GOOD_BYE);
      pulse.run(() => {
        isOpen = false;
        socket.end();
      });
    },
    cut() {
      isOpen = false;
      socket.destroy();
    },
  };
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    for (const command of read(chunk) ?? []) {
      pulse.run(() => {
        if (isOpen) ears.onCommand(listener, command);
      });
    }
  });
  socket.once('close', () => {
    isOpen = false;
    ears.onGone(listener);
  });
  return listener;
}

function controlled(channelId: string): string {
  return `Controlled-Session-UUID: ${channelId}\nContent-Disposition: disconnect\n`;
}

function isWanted({ wants, channelId }: Listener, { name, lines }: EslEvent): boolean {
  const { names, subclasses, filters } = wants;
  if (!names.has(name) && !names.has('ALL')) return false;
  const subclass = valueIn(lines, 'Event-Subclass');
  if (name === 'CUSTOM' && subclass !== undefined && !subclasses.has(subclass)) return false;
  if (wants.isMine && valueIn(lines, 'Unique-ID') !== channelId) return false;
  if (filters.length === 0) return true;
  return filters.some(({ header, value }) => {
    return valueIn(lines, header)?.toLowerCase() === value.toLowerCase();
  });
}
