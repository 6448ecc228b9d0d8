import { type Address, writeAddress } from '../../lib/sip/address.ts';
import { headerValue, headerValues } from '../../lib/sip/headers.ts';
import type { SipRequest } from '../../lib/sip/message.ts';

/** A message as text: the peers of the simulation share no writer with the node. */
export function wire(start: string, headers: readonly string[], body = ''): Buffer {
  const type = body === '' ? [] : ['Content-Type: application/sdp'];
  const length = `Content-Length: ${body.length}`;
  return Buffer.from([start, ...headers, ...type, length, '', body].join('\r\n'), 'latin1');
}

type Said = { tag?: string; contact?: Address; lines?: readonly string[]; body?: string };

/** A response that echoes what a response must. */
export function response(
  request: SipRequest,
  status: number,
  { tag, contact, lines = [], body }: Said,
): Buffer {
  const to = headerValue(request.headers, 'to') ?? '';
  return wire(
    `SIP/2.0 ${status} Said`,
    [
      ...headerValues(request.headers, 'via').map((via) => `Via: ${via}`),
      `From: ${headerValue(request.headers, 'from')}`,
      `To: ${tag === undefined || request.to.tag !== undefined ? to : `${to};tag=${tag}`}`,
      `Call-ID: ${request.callId}`,
      `CSeq: ${request.cseq.number} ${request.cseq.method}`,
      ...(contact === undefined ? [] : [`Contact: <sip:peer@${writeAddress(contact)}>`]),
      ...lines,
      ...sessionOf(request, status),
    ],
    body,
  );
}

/** Everybody keeps session timers as the UAC wants them. [4028-9] */
function sessionOf({ headers }: SipRequest, status: number): string[] {
  const asked = headerValue(headers, 'session-expires');
  return asked === undefined || status < 200 || status >= 300 ? [] : [`Session-Expires: ${asked}`];
}

/** Repeats a message at T1, doubling up to a limit, until stopped or 64*T1 have passed. */
export type Repeater = { stop(): void };

export function repeat(
  at: (delayMs: number, run: () => void) => void,
  send: () => void,
  capMs: number,
): Repeater {
  let isStopped = false;
  let passedMs = 0;
  const next = (delayMs: number) => {
    at(delayMs, () => {
      passedMs += delayMs;
      if (isStopped || passedMs >= 32_000) return;
      send();
      next(Math.min(capMs, delayMs * 2));
    });
  };
  send();
  next(500);
  return {
    stop() {
      isStopped = true;
    },
  };
}
