import { describe, expect, test } from '@jest/globals';
import { nodeLines } from '../../../apps/cli/nodes.ts';
import { type NodesView, straysIn } from '../../../apps/sbc/nodes-view.ts';
import { plain } from '../../../lib/observe/read/paint.ts';
import { NO_NODES } from '../../support/no-nodes.ts';

const THREE: NodesView = {
  ...NO_NODES,
  peers: [
    { site: 'got', number: 2, link: { epoch: 31, version: 1, rttMs: 12.345 } },
    { site: 'mal', number: 3, link: undefined },
  ],
  claims: { owned: 4, held: 9, buried: 1 },
  strays: { carried: 3, over: 1 },
};

describe('landfall nodes', () => {
  test('shows each site, its link, and what is known of calls', () => {
    expect(nodeLines(THREE, plain).join('\n').split('\n')).toEqual([
      'site  number  link       rtt      epoch  version',
      'sto   1       this site  -        7      -',
      'got   2       up         12.3 ms  31     1',
      'mal   3       down       -        -      -',
      'claims: 4 of its own, 9 held for others, 1 cancelled early',
      'strays: 3 carried, 1 over',
    ]);
  });

  test('says so where there is one site only', () => {
    expect(nodeLines(NO_NODES, plain).at(-1)).toBe('no peers: this site knows of no other');
  });

  test('counts strays as the metrics do', () => {
    const text = [
      '# TYPE landfall_strays_total counter',
      'landfall_strays_total{verdict="carried"} 3',
      'landfall_strays_total{verdict="early-cancel"} 1',
      'landfall_calls_total{fault="none"} 7',
    ];

    expect(straysIn(text.join('\n'))).toEqual({ carried: 3, 'early-cancel': 1 });
  });
});
