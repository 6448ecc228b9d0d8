import { realWorld } from '../../../lib/base/real-world.ts';
import { openPeerLinks } from '../../../lib/cluster/links/open-peer-links.ts';
import { tlsWires } from '../../../lib/cluster/links/tls/tls-wires.ts';
import { type PeerSiteOptions, readOptions } from './options.ts';

/** A site with nothing but links: says what happens as JSON lines, and answers what is asked. */
async function run({ site, keys, link, epoch, peers }: PeerSiteOptions): Promise<void> {
  const say = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`);
  const links = openPeerLinks({
    world: realWorld(),
    wires: tlsWires({ site, keysNow: () => keys }),
    sink: {
      step: () => undefined,
      record: () => undefined,
      note: say,
      count: (counter, label) => say({ count: `${counter}/${label}` }),
    },
    own: { site, epoch, link },
    peers,
    ears: {
      onUp: () => undefined,
      onDown: () => undefined,
      onTold: (from, subject, body) => say({ told: subject, from, body: body.toString() }),
      onAsked: (_from, _subject, body, reply) =>
        reply(Buffer.from(`${body.toString()} at ${site}`)),
    },
  });
  const opened = await links.open();
  say({ opened: opened.kind });
  process.on('SIGTERM', () => {
    void links.close().then(() => process.exit(0));
  });
}

await run(readOptions(process.argv[2] ?? ''));
