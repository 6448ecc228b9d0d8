import { execFileSync } from 'node:child_process';

/** Further addresses of the loopback device are for root to add; all of 127.0.0.0/8 are there. */
export function addToLoopback(addresses: readonly string[]): void {
  for (const address of addresses) {
    const args = ['-6', 'addr', 'replace', `${address}/128`, 'dev', 'lo', 'nodad'];
    try {
      execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    } catch (error) {
      throw new Error(`${address} cannot be added to lo, which takes root: ${String(error)}`);
    }
  }
}
