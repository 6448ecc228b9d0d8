import { linesOf } from '../sdp-lines.ts';

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

const DIRECTION = /^a=(sendrecv|sendonly|recvonly|inactive)$/;

type Parts = { readonly session: readonly string[]; readonly media: readonly string[][] };

/** The lines before the first `m=`, and those of each. */
function partsOf(sdp: string): Parts {
  const session: string[] = [];
  const media: string[][] = [];
  for (const line of linesOf(sdp)) {
    if (line.startsWith('m=')) media.push([line]);
    else (media.at(-1) ?? session).push(line);
  }
  return { session, media };
}

/** The first audio that is not refused. */
function audioAt({ media }: Parts): number {
  return media.findIndex(([line = '']) => /^m=audio [1-9]/.test(line));
}

/** It may offer a protected line of the same port beside this one. */
const PLAIN = /^m=audio [1-9]\d* RTP\/AVPF? /;

/** Why FreeSWITCH cannot take it; undefined: it can. */
export function whyUnusable(sdp: string): string | undefined {
  const parts = partsOf(sdp);
  const [line] = parts.media[audioAt(parts)] ?? [];
  if (line === undefined) return 'it has no audio';
  return / RTP\/AVPF? /.test(line) ? undefined : `${line.split(' ')[2]} is not plain RTP`;
}

/** What FreeSWITCH hears of it: where the audio is. Who speaks is settled between the legs. */
export function heardOf(sdp: string): string {
  const parts = partsOf(sdp);
  const audio = parts.media[audioAt(parts)] ?? [];
  return joined([...parts.session, ...audio].filter((line) => !DIRECTION.test(line)));
}

/** Whether both lead to the same place by the same means. */
export function isSameWay(one: string, other: string): boolean {
  return wayOf(one) === wayOf(other);
}

function wayOf(sdp: string): string {
  return linesOf(heardOf(sdp))
    .filter((line) => !/^[ost]=/.test(line))
    .join('\n');
}

/** The older way to hold: an address that leads nowhere. [3264-8.4] */
export function isNowhere(sdp: string): boolean {
  const parts = partsOf(sdp);
  const audio = parts.media[audioAt(parts)] ?? [];
  const line = audio.find((one) => one.startsWith('c=')) ?? parts.session.find(isConnection);
  return line === 'c=IN IP4 0.0.0.0';
}

const isConnection = (line: string) => line.startsWith('c=');

export function directionOf(sdp: string): Direction {
  const { session, media } = partsOf(sdp);
  const audio = media[audioAt({ session, media })] ?? [];
  for (const line of [...audio, ...session]) {
    const found = DIRECTION.exec(line)?.[1];
    if (found !== undefined) return found as Direction;
  }
  return isNowhere(sdp) ? 'sendonly' : 'sendrecv';
}

/**
 * The audio of FreeSWITCH as one leg is to get it: with as many lines as that leg has named, the
 * others refused. [3264-6] [3264-8]
 */
export function shownTo(own: string, heard: string | undefined, direction: Direction): string {
  const { session, media } = partsOf(own);
  const audio = media.find(([line = '']) => PLAIN.test(line)) ?? media[0] ?? [];
  const says = direction === 'sendrecv' ? [] : [`a=${direction}`];
  const shown = [...audio.filter((line) => !DIRECTION.test(line)), ...says];
  const named = heard === undefined ? undefined : partsOf(heard);
  const at = named === undefined ? 0 : Math.max(audioAt(named), 0);
  const lines = (named?.media ?? [audio]).map(([line = ''], index) =>
    index === at ? shown : [line.replace(/^(m=\S+) \d+(?:\/\d+)?/, '$1 0')],
  );
  return joined([...session.filter((line) => !DIRECTION.test(line)), ...lines.flat()]);
}

const joined = (lines: readonly string[]) => `${lines.join('\r\n')}\r\n`;
