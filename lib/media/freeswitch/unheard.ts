import { linesOf } from '../sdp-lines.ts';

/**
 * An answer by which nothing flows yet: what was offered is taken, its first format of each kind,
 * and nobody speaks. The next offer says where media really goes. [3725-4.4]
 */
export function unheard(offer: string): string {
  const lines = linesOf(offer).flatMap((line) => {
    if (line.startsWith('c=')) return ['c=IN IP4 0.0.0.0'];
    if (line.startsWith('m='))
      return [line.replace(/ \d+ /, line.startsWith('m=audio') ? ' 9 ' : ' 0 ')];
    return NOT_ANSWERED.test(line) ? [] : [line];
  });
  const media = lines.findIndex((line) => line.startsWith('m='));
  return `${lines.toSpliced(media, 0, 'a=inactive').join('\r\n')}\r\n`;
}

const NOT_ANSWERED =
  /^a=(sendrecv|sendonly|recvonly|inactive|candidate|crypto|fingerprint|setup|ice-|rtcp|ssrc)/;
