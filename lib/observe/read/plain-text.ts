import { parseNameAddr } from '../../sip/name-addr.ts';
import { uriUser } from '../../sip/uri.ts';

/** Control characters, and those that turn the direction of writing. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;
const BEYOND_ASCII = /[\u0080-\u00ff]/;
const BEYOND_LATIN1 = /[\u0100-\uffff]/;

/**
 * Makes text of strangers fit for a terminal: no escape sequences, and names in UTF-8 readable
 * where the message's bytes were kept one a character.
 */
export function plainText(text: string): string {
  return fromOctets(text).replace(UNPRINTABLE, '?');
}

function fromOctets(text: string): string {
  if (!BEYOND_ASCII.test(text) || BEYOND_LATIN1.test(text)) return text;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'latin1'));
  } catch {
    // Latin-1 that was meant as Latin-1.
    return text;
  }
}

/** `+46701234567` of a From or To value; the whole address where it has no user part. */
export function personOf(value: string): string {
  const uri = parseNameAddr(value)?.uri ?? value;
  return plainText(uriUser(uri) ?? uri);
}
