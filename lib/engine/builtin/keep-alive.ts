/** STUN begins with bits that no SIP message begins with; NUL and line breaks keep a way open. */
export function isKeepAlive(bytes: Buffer): boolean {
  const first = bytes[0];
  return first === undefined || first < 4;
}
