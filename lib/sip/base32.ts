const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** Lower case and without padding, for whole groups of five bits. [4648-6] */
export function toBase32(bytes: Uint8Array): string {
  let text = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET[(held >> (bits - 5)) & 31];
  }
  if (bits > 0) text += ALPHABET[(held << (5 - bits)) & 31];
  return text;
}

/** The number in as few digits as it takes, the highest first. */
export function digitsOf(value: number): string {
  const digit = ALPHABET[value % 32] ?? '';
  return value < 32 ? digit : digitsOf(Math.floor(value / 32)) + digit;
}

/** The number that lower-case digits stand for. */
export function numberOf(digits: string): number {
  let value = 0;
  for (const digit of digits) value = value * 32 + ALPHABET.indexOf(digit);
  return value;
}
