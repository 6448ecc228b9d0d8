import { parseArgs } from 'node:util';
import { secretBytes } from '../../config/secrets.ts';
import { realWorld } from '../../lib/base/real-world.ts';
import { markOf } from '../../lib/cluster/claims/claim.ts';
import { holdersOf } from '../../lib/cluster/claims/holders.ts';
import { openPeerLinks } from '../../lib/cluster/links/open-peer-links.ts';
import { tlsWires } from '../../lib/cluster/links/tls/tls-wires.ts';
import { type OpenOwnership, openOwnership } from '../../lib/cluster/open-ownership.ts';
import type { EventSink } from '../../lib/ports/event-sink.ts';
import type { ClusterKey, KeyId } from '../../lib/sip/owner-token.ts';
import { someInvite } from '../unit/guard/some-invite.ts';

/** The other sites of one node, all in this process: they hold its claims, and it holds theirs. */
const { values } = parseArgs({
  options: {
    sites: { type: 'string', default: '3' },
    /** The network of their links: 127.9.NET.0/24. */
    net: { type: 'string', default: '100' },
    secret: { type: 'string', default: '' },
    /** Calls a second of these sites that the node holds a claim of. */
    rate: { type: 'string', default: '0' },
  },
});
const SITES = Array.from({ length: Number(values.sites) }, (_, at) => at + 1);
const NODE = 1;
const TICK_MS = 10;
const RINGS_MS = 20;
const ANSWERS_MS = 40;
const world = realWorld();
const keys: readonly ClusterKey[] = [{ id: 'k1' as KeyId, secret: secretBytes(values.secret) }];
const keysNow = () => keys;
const linkOf = (site: number) => ({ address: `127.9.${values.net}.${site}`, port: 7112 });
const sink: EventSink = {
  step: () => undefined,
  record: () => undefined,
  note: () => undefined,
  count: () => undefined,
};

const owners = SITES.filter((site) => site !== NODE).map((site) => open(site));
await Promise.all(owners.map(({ links }) => links.open()));
let owed = 0;
let serial = 0;
setInterval(() => {
  owed += (Number(values.rate) * TICK_MS) / 1000;
  for (; owed >= 1; owed -= 1) claimOne();
}, TICK_MS);

function open(site: number) {
  const own = { site, epoch: 1, link: linkOf(site) };
  const links = openPeerLinks({
    world,
    sink,
    wires: tlsWires({ site, keysNow }),
    own,
    peers: [{ site: NODE, name: 'bench', link: linkOf(NODE) }],
    ears: {
      onUp: (up, epoch) => ownership.peerEars.onUp(up, epoch),
      onDown: () => undefined,
      onTold: (...told) => ownership.peerEars.onTold(...told),
      onAsked: (...asked) => ownership.peerEars.onAsked(...asked),
    },
  });
  const ears = { onYield: () => undefined, onBuried: () => undefined };
  const parts = { world, links, sink, own, sites: SITES, store: undefined, keysNow, ears };
  const ownership: OpenOwnership = openOwnership(parts);
  return { site, links, ownership };
}

/** A call that the node is to hold: most keys are held by others. */
function claimOne(): void {
  const owner = owners[serial % owners.length];
  for (let tries = 0; tries < 1000 && owner !== undefined; tries += 1) {
    serial += 1;
    const message = someInvite({ callId: `${process.pid}-${serial}` });
    const arrival = { message, source: 'load', isVerified: true };
    if (!holdersOf(markOf(arrival).key, SITES, owner.site).includes(NODE)) continue;
    void owner.ownership.claim(arrival).then((claimed) => {
      if (claimed.kind !== 'new') return;
      setTimeout(() => owner.ownership.progress(claimed.claim, 'ringing'), RINGS_MS);
      setTimeout(() => owner.ownership.progress(claimed.claim, 'answered'), ANSWERS_MS);
    });
    return;
  }
}
