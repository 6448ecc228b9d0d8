const BEYOND_ASCII = /[\u0080-\u00ff]/;

/**
 * The text that a sender meant by its octets: UTF-8 where they are that, else Latin-1.
 * For people to read; what crosses to another leg stays octets.
 */
export function textOf(octets: string): string {
  if (!BEYOND_ASCII.test(octets)) return octets;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(octets, 'latin1'));
  } catch {
    return octets;
  }
}
