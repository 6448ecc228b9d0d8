/**
 * How long glare is given to clear, in units of 10 ms: the owner of the Call-ID waits longer, so
 * that the other one finds the dialog free. `fraction` is drawn from 0 to 1. [3261-14.1]
 */
export function glareMs(ownsCallId: boolean, fraction: number): number {
  const [fromMs, toMs] = ownsCallId ? [2100, 4000] : [0, 2000];
  const steps = (toMs - fromMs) / 10 + 1;
  return fromMs + 10 * Math.floor(fraction * steps);
}
