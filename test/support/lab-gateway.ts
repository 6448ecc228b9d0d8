import { join } from 'node:path';
import type { Address } from '../../lib/sip/address.ts';
import { type Child, startChild } from './child.ts';

const PROGRAM = join(__dirname, '..', '..', 'dist', 'apps', 'lab', 'test-gateway.js');
const LIFE_MS = 120_000;

/** The test gateway of `npm start` in a process of its own: it answers OPTIONS and calls. */
export function startLabGateway({ address, port }: Address): Child {
  const args = [PROGRAM, '--address', address, '--port', `${port}`];
  return startChild(process.execPath, args, { lifeMs: LIFE_MS });
}
