import { describe, expect, test } from '@jest/globals';
import type { Gateway, GatewayName } from '../../../lib/gateways/options.ts';
import { type Changeable, gatewaysLost } from '../../../lib/node/site-rules.ts';
import { play } from '../../ladder/play.ts';
import { readScript } from '../../ladder/script.ts';
import { fakeNames } from '../../support/fake-names.ts';
import { named } from '../../support/virtual-directory.ts';
import { VirtualNetwork } from '../../support/virtual-network.ts';
import { virtualSite, virtualSiteOptions } from '../../support/virtual-site.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';

const site = virtualSiteOptions(2);
const [g1, g2] = site.gateways;
if (g1 === undefined || g2 === undefined) throw new Error('the sample has two gateways');

/** The sample with its groups led through these gateways, in this order. */
function through(...names: readonly string[]): Changeable {
  const gateways = names.map((name) => name as GatewayName);
  return {
    ...site,
    gateways: site.gateways.map((one) => ({ ...one, priority: 1 })),
    groups: site.groups.map((group) => ({ ...group, gateways })),
  };
}

async function playWith(lines: string, next: Changeable, atMs: number) {
  const script = readScript(`a reload\ncall ordinary, gateways g1 g2\n${lines}`);
  const played = await play(script, {
    during: ({ node }, time) => {
      if (atMs === 0) node.reconfigure(next);
      else time.world.timers.set(atMs, () => node.reconfigure(next));
    },
  });
  const [record] = played.site.told.records;
  return { record, tried: record?.attempts.map(({ gateway }) => gateway) };
}

describe('a node that is reconfigured', () => {
  const answered = (gateway: string) =>
    `0 caller > A INVITE sdp\n10 ${gateway} > B 200 sdp\n20 caller > U ACK\n500 caller > U BYE`;

  test('leads the next call by the new rules', async () => {
    const { record, tried } = await playWith(answered('g2'), through('g2', 'g1'), 0);
    expect(tried).toEqual(['g2']);
    expect(record?.reason).toBe('caller-hung-up');
  });

  test('leaves a call that is up with its gateway, though that one is gone', async () => {
    const next = { ...through('g2'), gateways: [g2] };
    const { record, tried } = await playWith(answered('g1'), next, 100);
    expect(tried).toEqual(['g1']);
    expect(record).toMatchObject({ reason: 'caller-hung-up', fault: 'none' });
  });

  test('lets a hunt that has begun go on as it was planned', async () => {
    const lines = `0 caller > A INVITE sdp\n50 g1 > B 503\n60 g2 > B 200 sdp\n70 caller > U ACK\n500 caller > U BYE`;
    const next = { ...through('g1'), gateways: [g1] };
    expect((await playWith(lines, next, 20)).tried).toEqual(['g1', 'g2']);
  });

  test('refuses by the new limit and the new trunks', async () => {
    const invite = '0 caller > A INVITE sdp';
    const full = await playWith(invite, { ...site, callsMax: 0 }, 0);
    expect(full.record?.reason).toBe('full');
    const stranger = await playWith(invite, { ...site, trunks: [] }, 0);
    expect(stranger.record?.reason).toBe('unknown-source');
  });
});

test('the names of gateways are looked up from the start, and those of a reload from then on', () => {
  const time = new VirtualWorld(1);
  const network = new VirtualNetwork(time, { delayMs: 0, jitterMs: 0, loss: 0, duplication: 0 });
  const names = fakeNames();
  const first: Gateway = { ...g1, destination: named('first.example:5060') };
  const second: Gateway = { ...g1, destination: named('second.example:5060') };
  const options = { ...site, gateways: [first] };
  const { node } = virtualSite(time, network, options, { names });
  expect(names.asked).toEqual(['A first.example']);
  node.reconfigure({ ...site, gateways: [second] });
  expect(names.asked).toEqual(['A first.example', 'A second.example']);
});

describe('what is known of a gateway', () => {
  const resort = { ...g1, name: 'last-resort:psap' as GatewayName };
  const withResort = {
    ...site,
    groups: site.groups.map((one) => ({ ...one, lastResort: resort })),
  };

  test('is lost with its name or its address, and stays with any other change', () => {
    const moved: Gateway = { ...g1, destination: named('g1.example') };
    expect(gatewaysLost(site, site)).toEqual([]);
    expect(gatewaysLost(site, { ...site, gateways: [{ ...g1, priority: 9 }, g2] })).toEqual([]);
    expect(gatewaysLost(site, { ...site, gateways: [g2] })).toEqual(['g1']);
    expect(gatewaysLost(site, { ...site, gateways: [moved, g2] })).toEqual(['g1']);
    expect(gatewaysLost(withResort, site)).toContain('last-resort:psap');
  });
});
