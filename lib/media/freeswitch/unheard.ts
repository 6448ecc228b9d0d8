import { linesOf } from '../sdp-lines.ts';

/**
 * An answer by which nothing flows yet: the first audio that is plain RTP is taken, and nobody
 * speaks. The next offer says where media really goes. [3264-6.1]
 */
export function unheard(offer: string): string {
  let isTaken = false;
  const lines = linesOf(offer).flatMap((line) => {
    if (line.startsWith('c=')) return ['c=IN IP4 0.0.0.0'];
    if (!line.startsWith('m=')) return NOT_ANSWERED.test(line) ? [] : [line];
    const isAudio = !isTaken && / RTP\/AVPF? /.test(line) && line.startsWith('m=audio');
    isTaken ||= isAudio;
    return [line.replace(/ \d+ /, isAudio ? ' 9 ' : ' 0 ')];
  });
  const media = lines.findIndex((line) => line.startsWith('m='));
  return `${lines.toSpliced(media, 0, 'a=inactive').join('\r\n')}\r\n`;
}

const NOT_ANSWERED =
  /^a=(sendrecv|sendonly|recvonly|inactive|candidate|crypto|fingerprint|setup|ice-|rtcp|ssrc)/;
