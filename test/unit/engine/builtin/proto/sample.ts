import type { SipRequest, SipResponse } from '../../../../../lib/sip/message.ts';
import { parse } from '../../../../../lib/sip/parse.ts';

/** A message from its lines; the empty line is added. */
export const bytesOfLines = (...lines: readonly string[]): Buffer =>
  Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');

export function requestOf(...lines: readonly string[]): SipRequest {
  const parsed = parse(bytesOfLines(...lines));
  if (parsed.kind !== 'request') throw new Error(`this is no request: ${JSON.stringify(parsed)}`);
  return parsed;
}

export function responseOf(...lines: readonly string[]): SipResponse {
  const parsed = parse(bytesOfLines(...lines));
  if (parsed.kind !== 'response') throw new Error(`this is no response: ${JSON.stringify(parsed)}`);
  return parsed;
}
