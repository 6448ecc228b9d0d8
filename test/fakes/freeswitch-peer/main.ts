import { parseArgs } from 'node:util';
import type { Address } from '../../../lib/sip/address.ts';
import { openFreeswitchPeer } from './peer.ts';

/** The peer as a process: it ends with SIGTERM. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      events: { type: 'string', default: '127.0.0.31:8021' },
      secret: { type: 'string', default: 'ClueCon' },
      sip: { type: 'string', default: '127.0.0.31:5060' },
      sounds: { type: 'string', default: process.cwd() },
    },
  });
  const peer = await openFreeswitchPeer({
    events: addressOf(values.events),
    secret: values.secret,
    sip: addressOf(values.sip),
    soundsFolder: values.sounds,
  });
  process.once('SIGTERM', () => void peer.close());
}

function addressOf(text: string): Address {
  const colon = text.lastIndexOf(':');
  return { address: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}

await main();
