import { type Board, type Channel, fireOf } from './channel.ts';
import { openRecorder, type Recorder, type Ways } from './recorder.ts';
import { RATE } from './wav.ts';

const FOR_EVER = Number.POSITIVE_INFINITY;

/** Begins to record both ways of a channel; false: that file is written already. */
export function record(board: Board, channel: Channel, path: string, seconds: number): boolean {
  const { variables, recorders } = channel;
  if (path === '' || recorders.has(path)) return false;
  const isSet = (name: string) => variables.get(name) === 'true';
  const ways = { hears: !isSet('RECORD_WRITE_ONLY'), speaks: !isSet('RECORD_READ_ONLY') };
  beginRecorder(board, channel, path, ways, seconds || FOR_EVER, (recorder) =>
    closeRecorder(board, channel, recorder),
  );
  return true;
}

export function beginRecorder(
  board: Board,
  channel: Channel,
  path: string,
  ways: Ways,
  secondsMax: number,
  onLimit: (recorder: Recorder) => void,
): Recorder {
  const recorder = openRecorder(board.world, path, ways, secondsMax, () => {
    board.pulse.run(() => onLimit(recorder));
  });
  channel.recorders.set(path, recorder);
  fireOf(board, channel, 'RECORD_START', [['Record-File-Path', path]]);
  return recorder;
}

export function closeRecorder(board: Board, channel: Channel, recorder: Recorder): void {
  if (channel.recorders.get(recorder.path) !== recorder) return;
  channel.recorders.delete(recorder.path);
  recorder.close();
  const { length } = recorder;
  channel.variables.set('record_samples', String(length));
  channel.variables.set('record_seconds', String(Math.floor(length / RATE)));
  channel.variables.set('record_ms', String((1000 * length) / RATE));
  fireOf(board, channel, 'RECORD_STOP', [['Record-File-Path', recorder.path]]);
}

/** `all` of them, or that one; false: there is none. */
export function stopRecording(board: Board, channel: Channel, path: string): boolean {
  const all = [...channel.recorders.values()];
  const ended = path === 'all' ? all : all.filter((one) => one.path === path);
  for (const recorder of ended) closeRecorder(board, channel, recorder);
  return ended.length > 0;
}
