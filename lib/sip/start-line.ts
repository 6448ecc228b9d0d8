import { isToken } from './header-names.ts';
import { type UriText, uriText } from './ids.ts';
import { trimmed } from './white-space.ts';

export type StartLine =
  | {
      readonly kind: 'request';
      readonly method: string;
      readonly uri: UriText;
      readonly odd: boolean;
    }
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly reason: string;
      readonly odd: boolean;
    }
  | {
      readonly kind: 'unusable';
      readonly why: 'start-line' | 'version';
      /** Absent when not even that could be read; `response` for a response. */
      readonly method: string | undefined;
      readonly isResponse: boolean;
    };

const VERSION = 'SIP/2.0';

/** Reads the first line: request or response. [3261-7.1] [3261-7.2] */
export function readStartLine(line: string): StartLine {
  if (line.startsWith('SIP/') || /^sip\//i.test(line)) return readStatusLine(line);
  const methodEnd = line.indexOf(' ');
  const uriEnd = line.length - VERSION.length - 1;
  if (methodEnd <= 0 || methodEnd >= uriEnd || !line.endsWith(` ${VERSION}`)) return readOdd(line);
  const method = line.slice(0, methodEnd);
  const uri = line.slice(methodEnd + 1, uriEnd);
  if (uri.includes(' ') || uri.includes('\t') || uri.startsWith('<')) return readOdd(line);
  if (!isToken(method)) return unusable('start-line', undefined);
  return { kind: 'request', method, uri: uriText(uri), odd: false };
}

function unusable(why: 'start-line' | 'version', method: string | undefined): StartLine {
  return { kind: 'unusable', why, method, isResponse: false };
}

/** Lives with extra white space, brackets around the URI and a missing version. */
function readOdd(line: string): StartLine {
  const words = trimmed(line).split(/[ \t\r]+/);
  const method = words.shift() ?? '';
  if (!isToken(method)) return unusable('start-line', undefined);
  const version = takeVersion(words);
  if (version !== undefined && version.toUpperCase() !== VERSION) {
    return unusable('version', method);
  }
  const uri = words.join('').replace(/^<+/, '').replace(/>+$/, '');
  if (uri === '') return unusable('start-line', method);
  return { kind: 'request', method, uri: uriText(uri), odd: true };
}

/** Takes the version off the end, also where white space stands around its slash. */
function takeVersion(words: string[]): string | undefined {
  for (const count of [1, 2, 3]) {
    const tail = words.slice(-count).join('');
    if (!/^[a-z]+\/\d+\.\d+$/i.test(tail)) continue;
    words.splice(-count);
    return tail;
  }
  return undefined;
}

function readStatusLine(line: string): StartLine {
  const plain = /^SIP\/2\.0 [1-6]\d\d /.test(line);
  if (plain) {
    return {
      kind: 'response',
      status: Number(line.slice(8, 11)),
      reason: line.slice(12),
      odd: false,
    };
  }
  const match = /^sip\/(\d+\.\d+)[ \t]+([1-6]\d\d)(?!\d)(.*)$/is.exec(line);
  const failed = { kind: 'unusable', method: 'response', isResponse: true } as const;
  if (match === null) return { ...failed, why: 'start-line' };
  const [, version, status, reason = ''] = match;
  if (version !== '2.0') return { ...failed, why: 'version' };
  return { kind: 'response', status: Number(status), reason: trimmed(reason), odd: true };
}
