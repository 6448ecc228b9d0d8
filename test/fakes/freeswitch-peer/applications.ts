import type { Alarm } from '../../../lib/base/time.ts';
import { type Board, type Channel, fireOf } from './channel.ts';
import type { EventLines } from './esl-event.ts';
import { hangUp } from './hang-up.ts';
import { playFiles } from './playback.ts';
import { beginRecorder, closeRecorder, record, stopRecording } from './recording.ts';
import { type Act, type Lasting, openStage, type Stage } from './stage.ts';

/** The response of an application that has none. */
const NONE = '_none_';

/** Gives its response at once, or calls `done` later. */
type Application = (
  board: Board,
  channel: Channel,
  arg: string,
  done: (response: string) => void,
) => Lasting | string | undefined;

const APPLICATIONS: ReadonlyMap<string, Application> = new Map<string, Application>([
  ['playback', playFiles],
  ['answer', () => NONE],
  ['set', (_, channel, arg) => set(channel, [arg])],
  ['export', (_, channel, arg) => set(channel, [arg])],
  ['multiset', (_, channel, arg) => set(channel, parts(arg))],
  ['unset', (_, channel, arg) => set(channel, [`${arg}=`])],
  ['hangup', hangUpApp],
  ['park', (_board, _channel, _arg, done) => unending(done)],
  ['sleep', sleep],
  ['record', recordApp],
  ['record_session', recordSession],
  ['stop_record_session', stopSession],
]);

/** The stage of a channel; what it does not know ends the channel, as FreeSWITCH has it. */
export function stageFor(board: Board, channel: () => Channel): Stage {
  const fireAct = (name: string, { app, arg, id }: Act, more: EventLines = []) => {
    fireOf(board, channel(), name, [
      ['Application', app],
      ['Application-Data', expanded(channel(), arg)],
      ...more,
      ['Application-UUID', id],
    ]);
  };
  return openStage(board.world.clock, {
    onBegun(act) {
      channel().variables.set('current_application', act.app);
      if (APPLICATIONS.has(act.app)) fireAct('CHANNEL_EXECUTE', act);
    },
    run(act, done) {
      const application = APPLICATIONS.get(act.app);
      if (application === undefined) {
        hangUp(board, channel(), 'DESTINATION_OUT_OF_ORDER', 'us');
        done(NONE);
        return undefined;
      }
      const result = application(board, channel(), expanded(channel(), act.arg), done);
      if (typeof result !== 'string') return result;
      done(result);
      return undefined;
    },
    onDone(act, response) {
      const lines: EventLines = [['Application-Response', response]];
      if (APPLICATIONS.has(act.app)) fireAct('CHANNEL_EXECUTE_COMPLETE', act, lines);
    },
  });
}

function expanded({ variables }: Channel, text: string): string {
  return text.replace(/\$\{([^}]+)\}/g, (_, name: string) => variables.get(name) ?? '');
}

function set({ variables }: Channel, pairs: readonly string[]): string {
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    const value = equals < 0 ? '' : pair.slice(equals + 1);
    if (value === '' || value === '_undef_') variables.delete(name);
    else variables.set(name, value);
  }
  return NONE;
}

/** With blanks between, or with the character that stands behind `^^`. */
function parts(arg: string): readonly string[] {
  return arg.startsWith('^^') ? arg.slice(3).split(arg[2] ?? ' ') : arg.split(' ');
}

function hangUpApp(board: Board, channel: Channel, arg: string): string {
  hangUp(board, channel, arg === '' ? 'NORMAL_CLEARING' : arg, 'us');
  return NONE;
}

function unending(done: (response: string) => void): Lasting {
  return { pause: () => undefined, resume: () => undefined, stop: () => done(NONE) };
}

function sleep({ world }: Board, _: Channel, arg: string, done: (response: string) => void) {
  const alarm: Alarm = world.timers.set(Number(arg), () => done(NONE));
  return {
    ...unending(done),
    stop() {
      world.timers.clear(alarm);
      done(NONE);
    },
  };
}

function recordSession(board: Board, channel: Channel, arg: string): string {
  const [path = '', limit = ''] = arg.split(' ');
  record(board, channel, path, Number.parseInt(limit.replace('+', '') || '0', 10));
  return NONE;
}

function stopSession(board: Board, channel: Channel, arg: string): string {
  stopRecording(board, channel, arg);
  return NONE;
}

/** What the channel hears alone, until the time is over or somebody stops it. */
function recordApp(
  board: Board,
  channel: Channel,
  arg: string,
  done: (response: string) => void,
): Lasting {
  const [path = '', seconds = '0'] = arg.trim().split(/ +/);
  const ways = { hears: true, speaks: false };
  const limit = Number(seconds) || Number.POSITIVE_INFINITY;
  const recorder = beginRecorder(board, channel, path, ways, limit, () => end());
  function end(): void {
    closeRecorder(board, channel, recorder);
    done(NONE);
  }
  return { ...unending(done), stop: end };
}
