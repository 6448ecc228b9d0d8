import { LINK_LISTEN } from './addresses.ts';
import { anyList, pattern } from './formats.ts';
import { growing, leaf, optional } from './leaf.ts';

export const PEERS = leaf(
  anyList('[{ site: got, number: 2, link: "10.9.0.12:7112" }]'),
  [],
  'All other sites. There is a link between any two, by TLS with a key out of cluster.keys.',
);

/** What sites share, and where they meet. */
export const CLUSTER = {
  keys: growing(
    leaf(
      { ...anyList('["k1=env:NAME"]'), isSecret: true },
      [],
      'The keys of owner tokens, and of links to peers: the first one signs, all verify. Empty: ' +
        'one is made for stateDir, and no site but this one has it.',
    ),
  ),
  link: optional(
    LINK_LISTEN,
    'Where this site takes the links of its peers, "HOST:PORT". Needed as soon as there are peers.',
  ),
  redis: optional(
    pattern('Redis', /^redis:\/\/[^\s@/]+:\d{1,5}(\/\d{1,2})?$/, 'write redis://127.0.0.1:6379'),
    'A Redis of this host that keeps what is known of calls over a restart. Nothing waits for it.',
  ),
};
