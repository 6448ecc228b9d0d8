import { describe, expect, test } from '@jest/globals';
import { healthBook, type Turn } from '../../../lib/gateways/health-book.ts';
import type { Gateway, GatewayName } from '../../../lib/gateways/options.ts';
import { planHunt, rankGateways } from '../../../lib/gateways/plan-hunt.ts';
import { uriText } from '../../../lib/sip/ids.ts';
import { virtualDirectory } from '../../support/virtual-directory.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';

const PROBE = { everySec: 10, downAfter: 1, upAfter: 1, timeoutMs: 2000 };
const gateway = (name: string, more: Partial<Gateway> = {}): Gateway => ({
  name: name as GatewayName,
  uri: uriText('sip:10.0.1.1:5080'),
  destination: { kind: 'address', hop: { address: '10.0.1.1', port: 5080, transport: 'udp' } },
  priority: 1,
  ...more,
});

function stand(gateways: readonly Gateway[]) {
  const time = new VirtualWorld(1);
  const turns: Turn[] = [];
  const health = healthBook(time.world, (turn) => void turns.push(turn));
  const { directory } = virtualDirectory();
  const planning = { gateways, health, directory, rng: time.world.rng };
  const group = {
    name: 'psap',
    gateways: gateways.map(({ name }) => name),
    emergency: false,
    failoverOn: 'any',
    lastResort: undefined,
  } as const;
  const asked = uriText('sip:112@192.0.2.112');
  const hunt = (emergency: boolean) =>
    planHunt({ group, asked, emergency }, planning).map((target) => target.gateway);
  const ranks = (emergency: boolean) =>
    rankGateways({ group, asked, emergency }, planning).map(
      ({ gateway: { name }, rank }) => `${name} ${rank}`,
    );
  return { time, health, turns, hunt, ranks };
}

describe('the order of a hunt', () => {
  test('an ordinary call skips a gateway that is full, an emergency call tries it last', () => {
    const { health, hunt } = stand([gateway('one', { callsMax: 2 }), gateway('two')]);
    health.began('one', false);
    expect(hunt(false)).toEqual(['one', 'two']);
    health.began('one', false);
    expect(hunt(false)).toEqual(['two']);
    expect(hunt(true)).toEqual(['two', 'one']);
    health.ended('one');
    expect(hunt(false)).toEqual(['one', 'two']);
  });

  test('an emergency call has somebody to ask where every gateway is full, down or at rest', () => {
    const full = gateway('full', { callsMax: 1 });
    const { health, hunt } = stand([full, gateway('down', { probe: PROBE }), gateway('rests')]);
    health.began('full', false);
    health.probed(gateway('down', { probe: PROBE }), failed('silent to a probe'), []);
    health.note('rests', 'refused', 60_000);
    expect(hunt(true)).toEqual(['full', 'down', 'rests']);
    expect(hunt(false)).toEqual(['down', 'rests']);
  });

  test('a gateway that asked for rest is tried last until then [3261-20.33]', () => {
    const { time, health, ranks } = stand([gateway('one'), gateway('two')]);
    health.note('one', 'refused', 30_000);
    expect(ranks(true)).toEqual(['two in-turn', 'one down']);
    time.runUntil(29_999);
    expect(ranks(true)).toEqual(['two in-turn', 'one down']);
    time.runUntil(30_000);
    expect(ranks(true)).toEqual(['one in-turn', 'two in-turn']);
  });

  test('ordinary calls come back slowly, an emergency call at once', () => {
    const slow = gateway('one', { probe: PROBE });
    const { health, ranks } = stand([slow, gateway('two')]);
    health.probed(slow, failed('silent to a probe'), []);
    health.probed(slow, { on: 'alive', rttMs: 5 }, []);
    expect(ranks(false)).toEqual(['one in-turn', 'two in-turn']);
    health.began('one', false);
    expect(ranks(false)).toEqual(['two in-turn', 'one waiting']);
    expect(ranks(true)).toEqual(['one in-turn', 'two in-turn']);
  });
});

describe('the book', () => {
  test('tells each change of belief once', () => {
    const probed = gateway('one', { probe: PROBE });
    const { health, turns } = stand([probed]);
    health.probed(probed, failed('silent to a probe'), []);
    health.probed(probed, failed('silent to a probe'), []);
    health.probed(probed, { on: 'alive', rttMs: 5 }, []);
    expect(turns.map(({ before, after }) => `${before} ${after}`)).toEqual([
      'up down',
      'down closing',
    ]);
    expect(turns[0]?.why).toBe('silent to a probe');
  });

  test('smooths the round trip by an eighth of the difference [6298-2.3]', () => {
    const probed = gateway('one', { probe: PROBE });
    const { health } = stand([probed]);
    health.probed(probed, { on: 'alive', rttMs: 8 }, []);
    health.probed(probed, { on: 'alive', rttMs: 16 }, []);
    expect(health.report(probed).rttMs).toBe(9);
  });

  test('counts the calls of the last five minutes and forgets older ones', () => {
    const { time, health } = stand([gateway('one')]);
    health.began('one', false);
    health.note('one', 'silent');
    time.runUntil(200_000);
    health.began('one', false);
    const tally = () => health.report(gateway('one')).lastMinutes();
    expect(tally()).toEqual({ calls: 2, failed: 1 });
    time.runUntil(300_000);
    expect(tally()).toEqual({ calls: 1, failed: 0 });
    time.runUntil(1_000_000);
    expect(tally()).toEqual({ calls: 0, failed: 0 });
  });
});

function failed(why: string) {
  return { on: 'failed', why, restMs: undefined } as const;
}
