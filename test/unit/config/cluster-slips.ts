const PEER = '{ site: got, number: 2, link: "10.9.0.12:7112" }';
const CLUSTER = 'cluster: { keys: ["k1=env:KEY"], link: "10.9.0.11:7112" }';
const peers = (...list: readonly string[]) =>
  `siteNumber: 1\n${CLUSTER}\npeers: [${list.join(', ')}]`;

/** As in slips.ts, about other sites. */
export const CLUSTER_SLIPS: readonly (readonly [
  line: string,
  instead: string,
  complaint: string,
])[] = [
  [
    'siteNumber: 1',
    `siteNumber: 1\npeers: [${PEER}]`,
    'cluster.keys: is missing, and there are peers; write keys: ["k1=env:NAME"], the same at',
  ],
  [
    'siteNumber: 1',
    `siteNumber: 1\ncluster: { keys: [] }\npeers: [${PEER}]`,
    '3:12 cluster.keys: is missing, and there are peers; write keys:',
  ],
  [
    'siteNumber: 1',
    `siteNumber: 1\npeers: [${PEER}]`,
    'cluster.link: is missing, and there are peers; write link: "HOST:PORT", where they reach',
  ],
  [
    'siteNumber: 1',
    'siteNumber: 1\ncluster: { link: "0.0.0.0:7112" }',
    '3:12 cluster.link: "0.0.0.0:7112" is not the address and port of one host; write "HOST:PORT"',
  ],
  [
    'siteNumber: 1',
    'siteNumber: 1\ncluster: { link: "10.9.0.11" }',
    '3:12 cluster.link: "10.9.0.11" is not the address and port of one host',
  ],
  [
    'siteNumber: 1',
    peers('{ site: got, number: 2 }'),
    '4:9 peers[0].link: is missing; give it. Its `cluster.link`',
  ],
  [
    'siteNumber: 1',
    peers('{ site: got, number: 1024, link: "10.9.0.12:7112" }'),
    '4:22 peers[0].number: 1024 is out of range',
  ],
  [
    'siteNumber: 1',
    peers('{ site: got, number: 1, link: "10.9.0.12:7112" }'),
    '4:22 peers[0].number: 1 is the siteNumber of this site; write its own',
  ],
  [
    'siteNumber: 1',
    peers('{ site: sto, number: 2, link: "10.9.0.12:7112" }'),
    '4:11 peers[0].site: "sto" is this site itself; list the other sites only',
  ],
  [
    'siteNumber: 1',
    peers(PEER, '{ site: mal, number: 2, link: "10.9.0.13:7112" }'),
    '4:72 peers[1].number: 2 is already the number of peers[0]; write another',
  ],
  [
    'siteNumber: 1',
    peers(PEER, '{ site: got, number: 3, link: "10.9.0.13:7112" }'),
    '4:61 peers[1].site: "got" is already the site of peers[0]; write another',
  ],
  [
    'siteNumber: 1',
    peers(PEER, '{ site: mal, number: 3, link: "10.9.0.12:7112" }'),
    '4:83 peers[1].link: "10.9.0.12:7112" is already the link of peers[0]; write another',
  ],
  [
    'siteNumber: 1',
    peers('{ site: got, number: 2, link: "10.9.0.12:7112", unicast: ["198.51.100.12"] }'),
    '4:57 peers[0].unicast: is not a key of this place; the keys here are site, number, link',
  ],
];
