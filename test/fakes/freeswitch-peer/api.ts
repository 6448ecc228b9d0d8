import { randomUUID } from 'node:crypto';
import { writeAddress } from '../../../lib/sip/address.ts';
import { bridge, unbridge } from './bridge.ts';
import { type Board, type Channel, channelLines, setCallState } from './channel.ts';
import { writeJson, writePlain } from './esl-event.ts';
import { setFault } from './faults.ts';
import { hangUp } from './hang-up.ts';
import { record, stopRecording } from './recording.ts';

/** Between the answer to `uuid_bridge` and the first packet that passes. */
const BRIDGE_MS = 50;
const NO_CHANNEL = '-ERR No such channel!\n';

/** The output of a command; FreeSWITCH writes them one by one, so each has its own words. */
export function runApi(board: Board, command: string): string {
  const space = command.indexOf(' ');
  const name = space < 0 ? command : command.slice(0, space);
  const rest = space < 0 ? '' : command.slice(space + 1).trim();
  const run = COMMANDS.get(name);
  if (run === undefined) return `-ERR ${name} Command not found!\n`;
  const words = rest === '' ? [] : rest.split(/ +/);
  return run(board, words, board.channels.get(words[0] ?? ''), rest);
}

type Command = (
  board: Board,
  words: readonly string[],
  /** That the first word names. */
  channel: Channel | undefined,
  rest: string,
) => string;

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['sofia', (board) => sofiaStatus(board)],
  ['uuid_dump', dump],
  ['uuid_bridge', bridgeBoth],
  ['uuid_transfer', transfer],
  ['uuid_break', breakOut],
  ['uuid_record', recordBoth],
  ['uuid_kill', kill],
  ['uuid_set_media_stats', mediaStats],
  ['uuid_exists', (_board, _words, channel) => (channel === undefined ? 'false' : 'true')],
  ['uuid_getvar', getVariable],
  ['uuid_setvar', setVariable],
  ['show', (board) => `\n${board.channels.size} total.\n`],
  ['hupall', hangUpAll],
  ['peer_fault', changeFault],
]);

/** The one command that FreeSWITCH has not: `peer_fault invite 503`. */
function changeFault({ faults }: Board, [name = '', ...values]: readonly string[]): string {
  return setFault(faults, name, values.join(' ')) ? '+OK\n' : '-ERR no such fault\n';
}

const LINE = '='.repeat(97);

function sofiaStatus({ faults, settings, channels }: Board): string {
  const row = (name: string, type: string, data: string, state: string) =>
    `${name.padStart(25)}\t${type}\t  ${data.padStart(40)}\t${state}\n`;
  const url = `sip:mod_sofia@${writeAddress(settings.sip)}`;
  const profiles = faults.hasNoProfile
    ? ''
    : row(settings.profile, 'profile', url, `RUNNING (${channels.size})`);
  const head = row('Name', '   Type', 'Data', 'State');
  const count = faults.hasNoProfile ? '0 profiles 0 aliases' : '1 profile 0 aliases';
  return `${head}${LINE}\n${profiles}${LINE}\n${count}\n`;
}

function dump(_: Board, [, format]: readonly string[], channel: Channel | undefined): string {
  if (channel === undefined) return NO_CHANNEL;
  const lines = channelLines(channel);
  return format === 'json' ? writeJson(lines) : writePlain(lines);
}

function bridgeBoth(board: Board, words: readonly string[], channel: Channel | undefined): string {
  const partner = board.channels.get(words[1] ?? '');
  if (channel === undefined || partner === undefined || channel === partner)
    return '-ERR Invalid uuid\n';
  board.world.timers.set(BRIDGE_MS, () => {
    board.pulse.run(() => {
      const isUp = channel.hangupCause === undefined && partner.hangupCause === undefined;
      if (isUp) bridge(board, channel, partner);
    });
  });
  return `+OK ${partner.id}\n`;
}

/** To an extension there is nowhere to go here: `park` is all that can be asked for. */
function transfer(board: Board, words: readonly string[], channel: Channel | undefined): string {
  if (channel === undefined) return NO_CHANNEL;
  const partner = unbridge(board, channel);
  if (partner !== undefined && words[1] !== '-both' && words[1] !== '-bleg') {
    if (partner.variables.get('park_after_bridge') !== 'true')
      hangUp(board, partner, 'NORMAL_CLEARING', 'us');
  }
  for (const one of words[1] === '-both' ? [channel, partner] : [channel]) {
    if (one !== undefined) park(board, one);
  }
  return '+OK\n';
}

function park(board: Board, channel: Channel): void {
  channel.stage.stop('hangup', true);
  setCallState(board, channel, 'RINGING');
  setCallState(board, channel, 'ACTIVE');
  channel.stage.ask({ app: 'park', arg: '', id: randomUUID(), loops: 1, isLocked: false });
}

function breakOut(board: Board, words: readonly string[], channel: Channel | undefined): string {
  if (channel === undefined) return NO_CHANNEL;
  setImmediate(() => {
    board.pulse.run(() => channel.stage.stop('break', words.includes('all')));
  });
  return '+OK\n';
}

function recordBoth(board: Board, words: readonly string[], channel: Channel | undefined): string {
  const [, action, path = '', limit = '0'] = words;
  if (channel === undefined) return '-ERR Cannot locate session!\n';
  if (action === 'start') {
    const isBegun = record(board, channel, path, Number(limit));
    return isBegun ? '+OK Success\n' : '-ERR Cannot record session!\n';
  }
  const isStopped = stopRecording(board, channel, path);
  return isStopped ? '+OK Success\n' : '-ERR Cannot stop record session!\n';
}

function kill(board: Board, words: readonly string[], channel: Channel | undefined): string {
  if (channel === undefined) return NO_CHANNEL;
  hangUp(board, channel, words[1] ?? 'NORMAL_CLEARING', 'us');
  return '+OK\n';
}

function mediaStats(_: Board, words: readonly string[], channel: Channel | undefined): string {
  if (channel === undefined) return `-ERR No such channel ${words[0] ?? ''}!\n`;
  const { counts } = channel.media;
  const stats = {
    in_raw_bytes: counts.inBytes,
    in_media_bytes: counts.inBytes,
    in_packet_count: counts.inPackets,
    in_media_packet_count: counts.inPackets,
    out_packet_count: counts.outPackets,
    out_media_packet_count: counts.outPackets,
  };
  for (const [name, value] of Object.entries(stats))
    channel.variables.set(`rtp_audio_${name}`, String(value));
  return '+OK:\n';
}

function getVariable(_: Board, words: readonly string[], channel: Channel | undefined): string {
  if (channel === undefined) return NO_CHANNEL;
  return channel.variables.get(words[1] ?? '') ?? '_undef_';
}

function setVariable(_: Board, words: readonly string[], channel: Channel | undefined): string {
  const [, name = '', ...values] = words;
  if (channel === undefined) return NO_CHANNEL;
  if (values.length === 0) channel.variables.delete(name);
  else channel.variables.set(name, values.join(' '));
  return '+OK\n';
}

function hangUpAll(board: Board, words: readonly string[]): string {
  const cause = words[0] ?? 'MANAGER_REQUEST';
  for (const channel of board.channels.values()) hangUp(board, channel, cause, 'us');
  return `+OK hangup all channels with cause ${cause}\n`;
}
