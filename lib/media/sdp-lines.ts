/** The lines of an SDP body, whatever ends them, without an empty one at the end. */
export function linesOf(sdp: string): readonly string[] {
  const lines = sdp.split(/\r\n|\n|\r/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** `RTP/SAVP` in `m=audio 4000 RTP/SAVP 8`: how the first line that is RTP is carried. */
export function rtpProfileOf(sdp: string): string | undefined {
  return /^m=\S+ \S+ (\S*RTP\/S?AVPF?) /m.exec(sdp)?.[1];
}

export function hasAttribute(sdp: string, name: 'crypto' | 'fingerprint' | 'ice-ufrag'): boolean {
  return new RegExp(`^a=${name}:`, 'm').test(sdp);
}
