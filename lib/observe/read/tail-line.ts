import type { CallRecord } from '../../call/record.ts';
import { rangMs, talkedMs } from './headline.ts';
import { momentOf, spanOf } from './moments.ts';
import type { Paint } from './paint.ts';
import { personOf, plainText } from './plain-text.ts';
import { faultInWords, isFailed, movedInWords, reasonInWords } from './words.ts';

/** One line for one call, the columns in line with those of other calls. */
export function tailLine(record: CallRecord, paint: Paint): string {
  const { receivedAt, site, callId, status, reason, fault } = record;
  const isBad = isFailed(record);
  const words = isBad ? `${reasonInWords(reason)} (${faultInWords(fault)})` : reasonInWords(reason);
  return [
    paint('dim', momentOf(receivedAt)),
    plainText(site),
    kindOf(record, paint),
    paint('bold', plainText(callId)),
    `${personOf(record.from)} -> ${personOf(record.to)}`.padEnd(22),
    gatewaysTried(record).padEnd(10),
    paint(isBad ? 'red' : 'green', String(status)),
    span('ring', rangMs(record)).padEnd(10),
    span('talk', talkedMs(record)).padEnd(12),
    paint(record.moved === 'stayed' ? 'yellow' : 'dim', movedInWords(record)),
    paint(isBad ? 'red' : 'dim', words),
  ]
    .join('  ')
    .trimEnd();
}

/** `out`: a gateway called; in the colour of an emergency it called somebody back. */
function kindOf({ emergency, fromGateway }: CallRecord, paint: Paint): string {
  const word = fromGateway === undefined ? '112' : 'out';
  if (emergency) return paint('alarm', word);
  return fromGateway === undefined ? '   ' : word;
}

/** `psap-a, psap-b`: in the order of the hunt, the last one being the one that counted. */
function gatewaysTried({ attempts }: CallRecord): string {
  if (attempts.length === 0) return '-';
  return attempts.map(({ gateway }) => plainText(gateway)).join(', ');
}

function span(word: string, ms: number | undefined): string {
  return ms === undefined ? '' : `${word} ${spanOf(ms)}`;
}
