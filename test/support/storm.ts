import type { Address } from '../../lib/sip/address.ts';
import { openUdpSink } from './udp-sink.ts';

const AT_ONCE = 100;
const PATIENCE_MS = 500;

/** What became of a storm: how often each status came back. */
export type StormEnd = { readonly sent: number; readonly statuses: ReadonlyMap<number, number> };

/**
 * Sends that many requests from one address, a hundred at a time, as fast as they are answered.
 * What the system drops is not sent again.
 */
export async function storm(
  local: Address,
  target: Address,
  count: number,
  wordsOf: (serial: number) => string,
): Promise<StormEnd> {
  const statuses = new Map<number, number>();
  let answered = 0;
  let onAnswer: () => void = () => undefined;
  const sink = await openUdpSink(local, (bytes) => {
    const status = Number(bytes.toString('latin1', 8, 11));
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    answered += 1;
    onAnswer();
    sink.received.length = 0;
  });
  for (let sent = 0; sent < count; sent += AT_ONCE) {
    const upTo = Math.min(count, sent + AT_ONCE);
    for (let serial = sent; serial < upTo; serial += 1) sink.send(wordsOf(serial), target);
    await new Promise<void>((resolve) => {
      const alarm = setTimeout(resolve, PATIENCE_MS);
      onAnswer = () => {
        if (answered < upTo) return;
        clearTimeout(alarm);
        resolve();
      };
    });
  }
  await sink.close();
  return { sent: count, statuses };
}
