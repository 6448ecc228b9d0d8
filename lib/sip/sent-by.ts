import { trimmed } from './white-space.ts';

export type SentBy = {
  /** An IPv6 literal without its brackets. */
  readonly host: string;
  readonly port: number | undefined;
  /** Something in it could not be used. */
  readonly odd: boolean;
};

/** Takes `host`, `host:port`, `host : port`, `[v6]:port` and a bare IPv6 literal. [3261-20.42] */
export function readSentBy(text: string): SentBy {
  if (text.startsWith('[')) {
    const close = text.indexOf(']');
    if (close < 0) return { host: text.slice(1), port: undefined, odd: true };
    return withPort(text.slice(1, close), trimmed(text, close + 1));
  }
  const colon = text.indexOf(':');
  if (colon < 0) return withPort(text, '');
  if (text.includes(':', colon + 1)) return { host: text, port: undefined, odd: true };
  return withPort(trimmed(text, 0, colon), text.slice(colon));
}

/** A comment behind the host, as RFC 2543 allowed, is passed over. */
function withPort(text: string, behind: string): SentBy {
  const space = text.search(/[ \t(]/);
  const host = space < 0 ? text : text.slice(0, space);
  if (behind === '') return { host, port: undefined, odd: space >= 0 };
  const port = behind.startsWith(':') ? portOf(trimmed(behind, 1)) : undefined;
  return { host, port, odd: space >= 0 || port === undefined };
}

/** The number when it is a port, 1 to 65535. */
export function portOf(text: string): number | undefined {
  if (text.length > 5 || !/^\d+$/.test(text)) return undefined;
  const port = Number(text);
  return port >= 1 && port <= 65_535 ? port : undefined;
}
