declare const brand: unique symbol;
/** A primitive that must not be mixed with another of the same shape. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Milliseconds on a clock that never goes back; only differences mean anything. */
export type MonoMs = Brand<number, 'MonoMs'>;
/** Milliseconds since 1970-01-01T00:00:00Z. */
export type UnixMs = Brand<number, 'UnixMs'>;
/** Bytes as a string of code points 0 to 255, one a byte: plain JSON, and nothing is lost. */
export type Octets = Brand<string, 'Octets'>;

export const monoMs = (value: number): MonoMs => value as MonoMs;
export const unixMs = (value: number): UnixMs => value as UnixMs;

export const NO_OCTETS = '' as Octets;

export function octetsOf(bytes: Buffer): Octets {
  return bytes.toString('latin1') as Octets;
}

/** Bytes of a text that may hold characters beyond 255, as UTF-8. */
export function octetsOfText(text: string): Octets {
  return octetsOf(Buffer.from(text, 'utf8'));
}

export function bytesOf(octets: string): Buffer {
  return Buffer.from(octets, 'latin1');
}
