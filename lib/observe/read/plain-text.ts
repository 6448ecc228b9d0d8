import { parseNameAddr } from '../../sip/name-addr.ts';
import { uriUser } from '../../sip/uri.ts';

/** Control characters, and those that turn the direction of writing. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Makes text of strangers fit for a terminal: no escape sequences. */
export function plainText(text: string): string {
  return text.replace(UNPRINTABLE, '?');
}

/** `+46701234567` of a From or To value; the whole address where it has no user part. */
export function personOf(value: string): string {
  const uri = parseNameAddr(value)?.uri ?? value;
  return plainText(uriUser(uri) ?? uri);
}
