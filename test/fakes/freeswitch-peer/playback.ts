import type { Alarm } from '../../../lib/base/time.ts';
import { type Board, type Channel, fireOf, speak } from './channel.ts';
import type { EventLines } from './esl-event.ts';
import { type Player, play } from './player.ts';
import { openSound, type Sound } from './sound.ts';
import type { Lasting, Why } from './stage.ts';
import { RATE } from './wav.ts';

/** Between two files of one playback. */
const BETWEEN_MS = 250;

const RESPONSES = {
  end: 'FILE PLAYED',
  break: 'FILE PLAYED',
  missing: 'FILE NOT FOUND',
  hangup: 'PLAYBACK ERROR',
  limit: 'PLAYBACK ERROR',
} as const;

type How = keyof typeof RESPONSES;

/**
 * Plays one file or, where `playback_delimiter` says how they are told apart, one after the other.
 * The response is that to the last one; a file that is missing is passed over.
 */
export function playFiles(
  board: Board,
  channel: Channel,
  arg: string,
  done: (response: string) => void,
): Lasting | undefined {
  const { timers } = board.world;
  const { files, skipSamples } = filesIn(channel, arg);
  let samplesMax = limitOf(channel);
  let current: Playing | undefined;
  let alarm: Alarm | undefined;
  let isPaused = false;
  let isOver = false;

  function end(how: How): void {
    if (isOver) return;
    isOver = true;
    if (alarm !== undefined) timers.clear(alarm);
    channel.playing -= 1;
    done(RESPONSES[how]);
  }
  function next(at: number, how: How): void {
    alarm = undefined;
    current = undefined;
    const file = files[at];
    if (file === undefined) {
      end(how);
      return;
    }
    const sound = openSound(file, board.settings.soundsFolder);
    const goOn = (last: How) => {
      if (at + 1 >= files.length || last === 'limit' || last === 'hangup') end(last);
      else if (last === 'missing') next(at + 1, last);
      else alarm = timers.set(BETWEEN_MS, () => next(at + 1, last));
    };
    if (sound === undefined) {
      goOn('missing');
      return;
    }
    current = playOne(board, channel, { file, sound, skipSamples, samplesMax }, (last, sent) => {
      samplesMax -= sent;
      goOn(last);
    });
    if (isPaused) current.player.pause();
  }

  channel.playing += 1;
  next(0, 'hangup');
  if (isOver) return undefined;
  return {
    pause() {
      isPaused = true;
      current?.player.pause();
    },
    resume() {
      isPaused = false;
      current?.player.resume();
    },
    stop(why) {
      files.length = 0;
      if (current !== undefined) current.stop(why);
      else end(why);
    },
  };
}

function filesIn({ variables }: Channel, arg: string) {
  const [names = '', skip = '0'] = arg.split('@@');
  const delimiter = variables.get('playback_delimiter')?.[0];
  const files = delimiter === undefined ? [names] : names.split(delimiter);
  return { files: files.filter((file) => file !== ''), skipSamples: Number.parseInt(skip, 10) };
}

/** A limit of one second is none. */
function limitOf({ variables }: Channel): number {
  const seconds = Number(variables.get('playback_timeout_sec') ?? 0);
  return seconds > 1 ? seconds * RATE : Number.POSITIVE_INFINITY;
}

type Playing = { readonly player: Player; stop(why: Why): void };

type One = {
  readonly file: string;
  readonly sound: Sound;
  readonly skipSamples: number;
  readonly samplesMax: number;
};

function playOne(
  board: Board,
  channel: Channel,
  { file, ...what }: One,
  onEnd: (how: How, sent: number) => void,
): Playing {
  const isTone = file.startsWith('tone_stream:');
  const lines: EventLines = [
    ...(isTone ? ([['Playback-File-Type', 'tone_stream']] as const) : []),
    ['Playback-File-Path', file],
  ];
  const over = (how: How) => {
    const { sent, read } = player;
    channel.variables.set('playback_last_offset_pos', String(what.skipSamples + sent));
    channel.variables.set('playback_seconds', String(Math.floor(read / RATE)));
    channel.variables.set('playback_ms', String(Math.floor((1000 * read) / RATE)));
    channel.variables.set('playback_samples', String(read));
    const status = how === 'break' ? 'break' : 'done';
    fireOf(board, channel, 'PLAYBACK_STOP', [...lines, ['Playback-Status', status]]);
    onEnd(how, sent);
  };
  fireOf(board, channel, 'PLAYBACK_START', lines);
  const { world, pulse } = board;
  const send = (frame: Int16Array) => speak(channel, frame);
  const player = play({ world, pulse, ...what, send, onEnd: over });
  return {
    player,
    stop(why) {
      player.stop();
      over(why);
    },
  };
}
