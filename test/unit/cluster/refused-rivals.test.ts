import { describe, expect, test } from '@jest/globals';
import { VirtualCluster } from '../../support/virtual-cluster.ts';
import { arrival, living, scatter } from './scatter.ts';

describe('two sites of which one has told the caller that its call has failed', () => {
  test('leave it at that: the other one calls nobody any more', async () => {
    const cluster = new VirtualCluster(3);
    cluster.wires.delayMs = () => 80;
    await cluster.open();
    const taken = await scatter(
      cluster,
      [1, 2].map((site) => [site, site] as const),
    );
    const [first] = taken;
    if (first === undefined) throw new Error('nobody has it');
    cluster.at(first.site).ownership.progress(first.claim, 'failed');
    await cluster.pass(500);
    expect(living(cluster, taken)).toEqual([first]);
  });

  test('while they could not reach each other: the other one ends when they can', async () => {
    const cluster = await new VirtualCluster(2).open();
    let isCut = true;
    cluster.wires.isCut = () => isCut;
    await cluster.pass(3000);
    const taken = await scatter(cluster, [
      [1, 0],
      [2, 10],
    ]);
    const [first, second] = taken;
    if (first === undefined || second === undefined) throw new Error('both have it');
    cluster.at(second.site).ownership.progress(second.claim, 'ringing');
    cluster.at(first.site).ownership.progress(first.claim, 'failed');
    isCut = false;
    await cluster.pass(8000);
    expect(living(cluster, taken)).toEqual([first]);
  });
});

test('a call that its owner does not take after all is claimed anyway, and given up when they meet', async () => {
  const cluster = await new VirtualCluster(2).open();
  const [first] = await scatter(cluster, [[1, 0]]);
  if (first === undefined) throw new Error('nobody has it');
  let isCut = true;
  cluster.wires.isCut = () => isCut;
  const { ownership } = cluster.at(2);
  expect((await cluster.timed(ownership.claim(arrival()))).value.kind).toBe('retransmission');
  const anyway = { site: 2, claim: ownership.claimAnyway(arrival()) };
  cluster.at(1).ownership.progress(first.claim, 'ringing');
  await cluster.pass(3000);
  isCut = false;
  await cluster.pass(8000);
  expect(living(cluster, [first, anyway])).toEqual([first]);
});
