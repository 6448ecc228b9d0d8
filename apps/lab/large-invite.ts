import type { Body } from './caller-words.ts';
import { sdpOf } from './sip-text.ts';

const BOUNDARY = 'lab-boundary';
const PADDING_CHARS = 2200;

/** An offer beside a location so long that the INVITE goes in fragments over UDP. */
export function largeInvite(): Body {
  const text = [
    `--${BOUNDARY}`,
    'Content-Type: application/sdp',
    '',
    sdpOf('198.18.0.1'),
    `--${BOUNDARY}`,
    'Content-Type: application/pidf+xml',
    '',
    `<presence xmlns="urn:ietf:params:xml:ns:pidf"><!--${'x'.repeat(PADDING_CHARS)}--></presence>`,
    `--${BOUNDARY}--`,
    '',
  ].join('\r\n');
  return { type: `multipart/mixed;boundary=${BOUNDARY}`, text };
}
