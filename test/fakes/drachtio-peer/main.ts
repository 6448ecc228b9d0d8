import { parseArgs } from 'node:util';
import type { Address } from '../../../lib/sip/address.ts';
import { openDrachtioPeer } from './peer.ts';

/** The peer as a process: it ends with SIGTERM. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      admin: { type: 'string', default: '127.0.0.1:9022' },
      secret: { type: 'string', default: 'secret' },
      sip: { type: 'string', default: '127.0.0.21:5060' },
    },
  });
  const peer = await openDrachtioPeer({
    admin: addressOf(values.admin),
    secret: values.secret,
    sip: addressOf(values.sip),
  });
  process.once('SIGTERM', () => void peer.close());
}

function addressOf(text: string): Address {
  const colon = text.lastIndexOf(':');
  return { address: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}

await main();
