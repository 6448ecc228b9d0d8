/** Each row: a line of the sample, what stands there instead, and the whole of the complaint. */
export const SLIPS: readonly (readonly [line: string, instead: string, complaint: string])[] = [
  ['site: sto', 'site: STO', '1:1 site: "STO" is not a site name'],
  ['site: sto', 'site: abcdefghijklmnopq', '1:1 site: "abcdefghijklmnopq" is not a site name'],
  ['site: sto', 'site: 112', '1:1 site: 112 is not text; put it in quotes'],
  ['site: sto', 'sites: sto', '1:1 sites: is not a key of this place; did you mean "site"?'],
  ['site: sto', '', 'site: is missing; give it. The name of this site'],
  [
    'siteNumber: 1',
    'siteNumber: 0',
    '2:1 siteNumber: 0 is out of range; write a whole number from 1',
  ],
  ['siteNumber: 1', 'siteNumber: 1024', '2:1 siteNumber: 1024 is out of range'],
  ['siteNumber: 1', 'siteNumber: 1.5', '2:1 siteNumber: 1.5 is not a whole number'],
  ['siteNumber: 1', 'siteNumber: "1"', '2:1 siteNumber: "1" is text, not a number'],
  ['siteNumber: 1', 'siteNumber: 5060abc', '2:1 siteNumber: "5060abc" is not a whole number'],
  ['siteNumber: 1', 'siteNumber:', '2:1 siteNumber: null is not a whole number'],
  [
    'siteNumber: 1',
    'siteNumber: 1\nboard: []',
    '3:1 board: is not a key of this place; the keys here',
  ],
  [
    'siteNumber: 1',
    'siteNumber: 1\nlog: info',
    '3:1 log: "info" is not a map; write level: below it',
  ],
  [
    'siteNumber: 1',
    'siteNumber: 1\nengine: { gateway: drachtio }',
    '3:1 engine.drachtio: is missing, and engine.gateway is drachtio; write',
  ],
  [
    'siteNumber: 1',
    'siteNumber: 1\nlog: { steps: a, records: a }',
    '3:18 log.records: "a" is the file of log',
  ],
  [
    'siteNumber: 1',
    'siteNumber: 1\nhunt: { attemptMs: 500 }',
    '3:1 hunt.attemptMsMin: 700 is more than hunt.a',
  ],
  [
    'siteNumber: 1',
    'siteNumber: 1\ndns: { servers: ["ns.example"] }',
    '3:8 dns.servers[0]: "ns.example" is not the address of a name server; write 10.0.0.53 or [2001:db8::53]',
  ],
  [
    'siteNumber: 1',
    'siteNumber: 1\ndns: { servers: "10.0.0.53" }',
    '3:8 dns.servers: "10.0.0.53" is not a list',
  ],
  [
    'siteNumber: 1',
    'siteNumber: 1\ndns: { servers: ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"] }',
    '3:8 dns.servers: has 4 entries; keep to 3',
  ],
  [
    'siteNumber: 1',
    'siteNumber: 1\nadmin: { listen: "0.0.0.0:8112" }',
    '3:1 admin.token: is missing, and admin',
  ],
  [
    'siteNumber: 1',
    'siteNumber: 1\nadmin: { listen: 8112 }',
    '3:10 admin.listen: 8112 is not text',
  ],
  [
    'transport: udp, address: 192.0.2.112',
    'transport: sctp, address: 192.0.2.112',
    '4:15 listen.anycast[0].transport: "sctp" is not a transport; write udp, tcp or tls',
  ],
  [
    'transport: udp, address: 192.0.2.112',
    'transport: tls, address: 192.0.2.112',
    'tls.certificate: is missing, and listen.anycast[0] speaks TLS; name a PEM file',
  ],
  [
    'transport: udp, address: 192.0.2.112',
    'transport: tcp, address: 192.0.2.112',
    '4:15 listen.anycast[0].transport: "tcp" has no counterpart in listen.unicast, so its calls ' +
      'could not leave anycast; list a listener with transport: tcp there too',
  ],
  [
    'transport: udp, address: 192.0.2.112',
    'address: 192.0.2.112',
    '4:13 listen.anycast[0].transport: is missing',
  ],
  [
    '192.0.2.112, port: 5060',
    '192.0.2.112, port: "5060"',
    '4:53 listen.anycast[0].port: "5060" is text',
  ],
  [
    '192.0.2.112, port: 5060',
    '192.0.2.112, prot: 5060',
    '4:53 listen.anycast[0].prot: is not a key of this place; did you mean "port"?',
  ],
  [
    '198.51.100.11, port',
    '0.0.0.0, port',
    '5:31 listen.unicast[0].address: "0.0.0.0" is a wildcard',
  ],
  [
    '198.51.100.11, port',
    '192.0.2.112, port',
    '5:31 listen.unicast[0].address: "192.0.2.112" is the anycast host of listen.anycast[0].address',
  ],
  [
    '198.51.100.11, port',
    '198.51.100.11, advertise: 192.0.2.112, port',
    '5:55 listen.unicast[0].advertise: "192.0.2.112" is the anycast host',
  ],
  [
    '198.51.100.11, port',
    '10.0.0.11, port',
    '6:13 listen.gateway[0]: "10.0.0.11:5060" is already listened on by listen.unicast[0]',
  ],
  [
    '[{ transport: udp, address: 198.51.100.11, port: 5060 }]',
    '[]',
    '5:3 listen.unicast: [] is empty; list one listener at least',
  ],
  [
    '[{ transport: udp, address: 10.0.0.11, port: 5060 }]',
    '[]',
    '6:3 listen.gateway: [] is empty; list one listener at least',
  ],
  [
    '[{ transport: udp, address: 10.0.0.11, port: 5060 }]',
    '10.0.0.11',
    '6:3 listen.gateway: "10.0.0.11" is not a list',
  ],
  [
    '[{ transport: udp, address: 10.0.0.11, port: 5060 }]',
    '[10.0.0.11]',
    '6:13 listen.gateway[0]: "10.0.0.11" is not a map',
  ],
  [
    '"sip:10.0.1.31:5060"',
    '"sip:10.0.1"',
    '8:21 gateways[0].uri: "sip:10.0.1" has neither an address nor a host name',
  ],
  [
    '"sip:10.0.1.31:5060"',
    '"sip:psap.example;transport=tcp"',
    '8:21 gateways[0].uri: "sip:psap.example;transport=tcp" asks for TCP, but no listener of ' +
      'listen.gateway has it; list a listener with transport: tcp there',
  ],
  [
    '"sip:10.0.1.31:5060"',
    '"sip:10.0.1.31:5060;transport=tcp"',
    '8:21 gateways[0].uri: "sip:10.0.1.31:5060;transport=tcp" asks for TCP, but no listener of ' +
      'listen.gateway has it; list a listener with transport: tcp there',
  ],
  [
    'priority: 1 }',
    'priority: 1, largeByTcp: true }',
    '8:61 gateways[0].largeByTcp: true asks for TCP, but no listener of listen.gateway has it; ' +
      'list a listener with transport: tcp there, or leave largeByTcp out',
  ],
  [
    '"sip:10.0.1.31:5060"',
    '"sip:192.0.2.112:5080"',
    '8:21 gateways[0].uri: "sip:192.0.2.112:5080" is this site\'s own listen.anycast[0].address',
  ],
  [
    '"sip:10.0.1.31:5060"',
    '"sip:198.51.100.11"',
    '8:21 gateways[0].uri: "sip:198.51.100.11" is this site\'s own listen.unicast[0].address',
  ],
  [
    '"sip:10.0.1.31:5060"',
    '"sip:10.0.0.11"',
    '8:21 gateways[0].uri: "sip:10.0.0.11" is this site\'s own listen.gateway[0]',
  ],
  [
    'emergency: true',
    'emergency: true, lastResort: "sip:192.0.2.112"',
    '11:64 groups[0].lastResort: "sip:192.0.2.112" is this site\'s own',
  ],
  [
    'name: psap-b',
    'name: psap-a',
    '9:7 gateways[1].name: "psap-a" is already the name of gateways[0]',
  ],
  ['name: office', 'name: psap', '12:7 groups[1].name: "psap" is already the name of groups[0]'],
  ['emergency: true', 'emergency: no', '11:47 groups[0].emergency: "no" is neither true nor false'],
  [
    '[psap-b] }',
    '[psap-bb] }',
    '12:32 groups[1].gateways[0]: "psap-bb" is not the name of a gateway; did you mean "psap-b"?',
  ],
  [
    '[psap-b] }',
    '[psap-b, psap-b] }',
    '12:40 groups[1].gateways[1]: "psap-b" is in this group already',
  ],
  ['[psap-b] }', '[] }', '12:21 groups[1].gateways: [] is empty'],
  [
    '[psap-b] }',
    '[psap-b], failoverOn: [200] }',
    '12:54 groups[1].failoverOn[0]: 200 is not a failure status; write statuses from 300 to 699',
  ],
  [
    '[psap-b] }',
    '[psap-b], failoverOn: [any] }',
    '12:54 groups[1].failoverOn[0]: "any" stands in a list; write failoverOn: any',
  ],
  [
    '[psap-b] }',
    '[psap-b], failoverOn: all }',
    '12:41 groups[1].failoverOn: "all" is not a list; write [408, 503, transport] or the word any',
  ],
  [
    'group: psap }',
    'group: pasp }',
    '14:42 routes[0].group: "pasp" is not the name of a group; did you mean "psap"?',
  ],
  [
    '{ urn: "urn:service:sos" }',
    '{ user: 112 }',
    '14:16 routes[0].match.user: 112 is not text; put it in quotes',
  ],
  [
    '{ urn: "urn:service:sos" }',
    '{ user: "a*b" }',
    '14:16 routes[0].match.user: "a*b" is not the user part',
  ],
  [
    '{ urn: "urn:service:sos" }',
    '{ urn: "sip:112" }',
    '14:16 routes[0].match.urn: "sip:112" is not a service URN',
  ],
  [
    '{ urn: "urn:service:sos" }',
    '{ urn: "urn:service:sos", trunk: carrier-z }',
    '14:40 routes[0].match.trunk: "carrier-z" is not the name of a trunk; did you mean "carrier-x"?',
  ],
  [
    '{ urn: "urn:service:sos" }',
    '{ urn: "urn:service:sos", trunks: carrier-x }',
    '14:40 routes[0].match.trunks: "carrier-x" matches nothing; did you mean "trunk"?',
  ],
  ['{ urn: "urn:service:sos" }', '{}', '14:7 routes[0].match: {} matches nothing'],
  [
    'priority: 1 }',
    'priority: 1, probe: on }',
    '8:61 gateways[0].probe: "on" is neither off nor a map',
  ],
  [
    'priority: 1 }',
    'priority: 1, probe: { everySecs: 5 } }',
    '8:70 gateways[0].probe.everySecs: is not a key of this place; did you mean "everySec"?',
  ],
  [
    'priority: 1 }',
    'priority: 1, probe: { downAfter: 0 } }',
    '8:70 gateways[0].probe.downAfter: 0 is out of range',
  ],
  [
    'priority: 1 }',
    'priority: 1, headers: ["X-Site sto"] }',
    '8:71 gateways[0].headers[0]: "X-Site sto" is not a header',
  ],
  [
    'priority: 1 }',
    'priority: 1, headers: ["f: <sip:x@y>"] }',
    '8:71 gateways[0].headers[0]: "f: <sip:x@y>" is a header that each message carries of its own',
  ],
  ['priority: 1 }', 'priority: 1, weight: -1 }', '8:61 gateways[0].weight: -1 is out of range'],
  ['priority: 1 }', 'priority: 1, callsMax: 0 }', '8:61 gateways[0].callsMax: 0 is out of range'],
  [
    'siteNumber: 1',
    'siteNumber: 1\nprobe: { everySec: 1 }',
    '3:1 probe.timeoutMs: 2000 is more than probe.everySec, 1 seconds',
  ],
  [
    '{ urn: "urn:service:sos" }',
    '{ urn: "urn:service:sos", user: "1" }',
    '14:7 routes[0].match: {"urn":"urn:service:sos","user":"1"} holds urn and user: no call has both',
  ],
  [
    'trunks:',
    '  - { match: { urn: "urn:service:SOS" }, group: office }\ntrunks:',
    '15:7 routes[1].match: "urn:service:sos" is already the match of routes[0]',
  ],
  [
    '203.0.113.0/24',
    '203.0.113.7/24',
    '16:33 trunks[0].source[0]: "203.0.113.7/24" has bits set beyond its prefix; write 203.0.113.0/24',
  ],
  [
    '203.0.113.0/24',
    '203.0.113.0/33',
    '16:33 trunks[0].source[0]: "203.0.113.0/33" has no prefix from 0 to 32',
  ],
];
