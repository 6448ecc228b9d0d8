import { randomUUID } from 'node:crypto';
import { runApi } from './api.ts';
import { type Board, type Channel, channelLines, fire } from './channel.ts';
import type { EslCommand } from './esl-command.ts';
import { type EventLines, eventOf } from './esl-event.ts';
import { hangUp } from './hang-up.ts';
import type { Listener } from './listener.ts';
import { actIn } from './stage.ts';

const NO_SESSION = '-ERR not controlling a session';

/** What a client may say once it has said its secret, or on a socket that the peer opened. */
export function serveCommand(board: Board, listener: Listener, command: EslCommand): void {
  const [word = '', ...words] = command.line.split(/ +/);
  const rest = command.line.slice(word.length).trim();
  const channel = channelOf(board, listener);
  switch (word.toLowerCase()) {
    case 'connect':
      if (channel !== undefined) listener.sendLines(connectLines(board, channel));
      break;
    case 'exit':
      listener.reply('+OK bye');
      listener.hangUp();
      break;
    case 'event':
      listener.reply(wantMore(listener, words));
      break;
    case 'nixevent':
      for (const name of words) listener.wants.names.delete(plainName(name));
      listener.reply('+OK events nixed');
      break;
    case 'noevents':
      listener.wants.names.clear();
      listener.reply('+OK no longer listening for events');
      break;
    case 'myevents':
      wantMine(listener, words);
      break;
    case 'filter':
      listener.reply(changeFilter(listener, words));
      break;
    case 'linger':
      listener.reply(channel === undefined ? NO_SESSION : '+OK will linger');
      break;
    case 'nolinger':
      listener.reply(channel === undefined ? NO_SESSION : '+OK will not linger');
      break;
    case 'api':
      listener.respond(runApi(board, rest));
      break;
    case 'bgapi':
      runInBackground(board, listener, command, rest);
      break;
    case 'sendmsg':
      listener.reply(sendMessage(board, channel, rest, command));
      break;
    default:
      listener.reply('-ERR command not found');
  }
}

function channelOf({ channels }: Board, { channelId }: Listener): Channel | undefined {
  return channelId === undefined ? undefined : channels.get(channelId);
}

function connectLines(board: Board, channel: Channel): EventLines {
  return eventOf(board.world, board.core, 'CHANNEL_DATA', [
    ...channel.caller.map(([name, value]) => [`Channel-${name}`, value] as const),
    ...channelLines(channel),
    ['Content-Type', 'command/reply'],
    ['Reply-Text', '+OK\n'],
    ['Socket-Mode', 'async'],
    ['Control', 'full'],
  ]).lines;
}

/** Any 13 characters may stand before a name: `SWITCH_EVENT_` is how they are spelled in C. */
function plainName(name: string): string {
  return name.toUpperCase().replace(/^SWITCH_EVENT_/, '');
}

/** Everything behind CUSTOM is the name of a subclass, an ordinary event too. */
function wantMore({ wants }: Listener, words: readonly string[]): string {
  const [first = '', ...others] = words;
  const isFormat = ['plain', 'json', 'xml'].includes(first);
  if (isFormat) wants.format = first === 'json' ? 'json' : 'plain';
  let isCustom = false;
  for (const word of isFormat ? others : words) {
    if (isCustom) wants.subclasses.add(word);
    else {
      wants.names.add(plainName(word));
      isCustom = plainName(word) === 'CUSTOM';
    }
  }
  if (wants.names.size === 0) return '-ERR no keywords supplied';
  return `+OK event listener enabled ${wants.format}`;
}

const MINE =
  'CHANNEL_ANSWER CHANNEL_APPLICATION CHANNEL_BRIDGE CHANNEL_CREATE CHANNEL_DATA ' +
  'CHANNEL_DESTROY CHANNEL_EXECUTE CHANNEL_EXECUTE_COMPLETE CHANNEL_HANGUP ' +
  'CHANNEL_HANGUP_COMPLETE CHANNEL_PARK CHANNEL_STATE CHANNEL_UNBRIDGE CHANNEL_UNPARK DTMF';

function wantMine(listener: Listener, words: readonly string[]): void {
  const { wants } = listener;
  wants.isMine = true;
  if (words.includes('json')) wants.format = 'json';
  for (const name of MINE.split(' ')) wants.names.add(name);
  listener.reply('+OK Events Enabled');
}

function changeFilter({ wants }: Listener, words: readonly string[]): string {
  const isDelete = words[0] === 'delete';
  const [header = '', ...values] = isDelete ? words.slice(1) : words;
  const value = values.join(' ');
  if (header === '') return '-ERR invalid syntax';
  if (!isDelete) {
    wants.filters.push({ header, value });
    return `+OK filter added. [${header}]=[${value}]`;
  }
  const kept = wants.filters.filter(
    (one) => one.header !== header || (value !== '' && one.value !== value),
  );
  wants.filters.splice(0, wants.filters.length, ...kept);
  return `+OK filter deleted. [${header}][${value}]`;
}

/** Its output comes as an event, of which nobody hears who has not asked for that. */
function runInBackground(
  board: Board,
  listener: Listener,
  { headers }: EslCommand,
  rest: string,
): void {
  const job = headers.get('job-uuid') ?? randomUUID();
  listener.reply(`+OK Job-UUID: ${job}`, [['Job-UUID', job]]);
  setImmediate(() => {
    board.pulse.run(() => {
      const [name = '', ...args] = rest.split(' ');
      const lines: EventLines = [
        ['Job-UUID', job],
        ['Job-Command', name],
        ...(args.length === 0 ? [] : ([['Job-Command-Arg', args.join(' ')]] as const)),
      ];
      fire(board, 'BACKGROUND_JOB', lines, runApi(board, rest));
    });
  });
}

function sendMessage(
  board: Board,
  own: Channel | undefined,
  id: string,
  { headers, body }: EslCommand,
): string {
  const channel = id === '' ? own : board.channels.get(id);
  if (channel === undefined) return `-ERR invalid session id [${id}]`;
  // It is the channel that does it, after the answer has gone.
  setImmediate(() => board.pulse.run(() => obey(board, channel, headers, body)));
  return '+OK';
}

function obey(
  board: Board,
  channel: Channel,
  headers: ReadonlyMap<string, string>,
  body: string,
): void {
  if (channel.hangupCause !== undefined) return;
  if (headers.get('call-command') === 'hangup') {
    hangUp(board, channel, headers.get('hangup-cause') ?? 'NORMAL_CLEARING', 'us');
    return;
  }
  const act = actIn(headers, body);
  if (act !== undefined) channel.stage.ask(act);
}
