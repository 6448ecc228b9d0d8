import { realWorld } from '../../../lib/base/real-world.ts';
import { openPeerLinks } from '../../../lib/cluster/links/open-peer-links.ts';
import { tlsWires } from '../../../lib/cluster/links/tls/tls-wires.ts';
import { openOwnership } from '../../../lib/cluster/open-ownership.ts';
import type { EventSink } from '../../../lib/ports/event-sink.ts';
import { type PeerSiteOptions, readOptions } from './options.ts';

/**
 * A site with links and claims and no calls: says what happens as JSON lines, holds claims for
 * others, and answers strays, and who asks for records, with their own bytes.
 */
async function run({ site, keys, link, epoch, peers, version }: PeerSiteOptions): Promise<void> {
  const say = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`);
  const world = realWorld();
  const sink: EventSink = {
    step: () => undefined,
    record: () => undefined,
    note: say,
    count: (counter, label) => say({ count: `${counter}/${label}` }),
  };
  const links = openPeerLinks({
    world,
    wires: tlsWires({ site, keysNow: () => keys }),
    sink,
    own: { site, epoch, link, ...(version === undefined ? {} : { version }) },
    peers,
    ears: {
      onUp: (up, theirs) => ownership.peerEars.onUp(up, theirs),
      onDown: () => undefined,
      onTold: (from, subject, body) => ownership.peerEars.onTold(from, subject, body),
      onAsked(from, subject, body, reply) {
        if (subject === 'stray' || subject === 'records')
          reply(Buffer.from(`${body.toString()} at ${site}`));
        else ownership.peerEars.onAsked(from, subject, body, reply);
      },
    },
  });
  const ownership = openOwnership({
    world,
    links,
    sink,
    own: { site, epoch },
    sites: [site, ...peers.map((peer) => peer.site)],
    store: undefined,
    keysNow: () => keys,
    ears: { onYield: () => undefined, onBuried: () => undefined },
  });
  const opened = await links.open();
  say({ opened: opened.kind });
  process.on('SIGTERM', () => {
    void links.close().then(() => process.exit(0));
  });
}

await run(readOptions(process.argv[2] ?? ''));
