/** As in slips.ts, about addresses that one site cannot have together, or at all. */
export const ADDRESS_SLIPS: readonly (readonly [
  line: string,
  instead: string,
  complaint: string,
])[] = [
  [
    '198.51.100.11, port',
    '"fe80::1", port',
    '5:31 listen.unicast[0].address: "fe80::1" is link-local',
  ],
  [
    '198.51.100.11, port',
    '"2001:db8::11", port',
    '4:31 listen.anycast[0].address: "192.0.2.112" has no counterpart in listen.unicast',
  ],
  [
    '"sip:10.0.1.31:5060"',
    '"sip:[2001:db8::31]:5060"',
    '8:21 gateways[0].uri: "sip:[2001:db8::31]:5060" is reached over IPv6, but no listener',
  ],
  [
    'emergency: true',
    'emergency: true, lastResort: "sip:[2001:db8::31]"',
    '11:64 groups[0].lastResort: "sip:[2001:db8::31]" is reached over IPv6, but no listener',
  ],
];
