import { expect, test } from '@jest/globals';
import { nameLines } from '../../../apps/cli/gateways.ts';
import type { GatewayView } from '../../../lib/node/gateway-view.ts';

const VIEW: GatewayView = {
  name: 'psap-a',
  uri: 'sip:psap.example',
  belief: 'up',
  why: 'nothing is known against it',
  sinceSec: 1,
  rttMs: undefined,
  restsMs: 0,
  callsNow: 0,
  callsMax: undefined,
  calls5min: 0,
  failed5min: 0,
  isProbed: true,
  standing: 'stale',
  hops: [],
  questions: [
    {
      name: 'psap.example',
      type: 'NAPTR',
      answers: ['NODATA'],
      ttlSecLeft: 12,
      lastError: undefined,
    },
    {
      name: '_sip._udp.psap.example',
      type: 'SRV',
      answers: ['1 0 5060 gw1.example', '2 0 5060 gw2.example'],
      ttlSecLeft: -600,
      lastError: 'timeout',
    },
    {
      name: 'gw1.example',
      type: 'A',
      answers: [],
      ttlSecLeft: undefined,
      lastError: 'SERVFAIL',
    },
  ],
};

test('the way to a gateway by name is said, answer by answer, with age and trouble', () => {
  expect(nameLines(VIEW)).toEqual([
    'psap-a is sip:psap.example, looked up, but name servers do not answer any more',
    '  NAPTR psap.example: NODATA, for 12 s',
    '  SRV _sip._udp.psap.example: 1 0 5060 gw1.example | 2 0 5060 gw2.example, expired 10 min ago, last try: timeout',
    '  A gw1.example: no answer yet, last try: SERVFAIL',
  ]);
});

test('a gateway at an address needs no such lines', () => {
  expect(nameLines({ ...VIEW, standing: 'fixed', questions: [] })).toEqual([]);
});
