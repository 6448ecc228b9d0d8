import { describe, expect, test } from '@jest/globals';
import { healthBook } from '../../../lib/gateways/health-book.ts';
import type { Gateway, GatewayName } from '../../../lib/gateways/options.ts';
import { probing } from '../../../lib/gateways/probe-loop.ts';
import type { Probe, ProbeOutcome } from '../../../lib/ports/outside-dialogs.ts';
import type { Listener } from '../../../lib/ports/sip-engine.ts';
import type { Transport } from '../../../lib/sip/address.ts';
import { uriText } from '../../../lib/sip/ids.ts';
import { named, virtualDirectory } from '../../support/virtual-directory.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';

const RULES = { everySec: 10, downAfter: 2, upAfter: 1, timeoutMs: 500 };
const LISTENER: Listener = {
  address: '10.0.0.11',
  port: 5060,
  transport: 'udp',
  role: 'gateway',
  advertise: undefined,
};
const U: Listener = { ...LISTENER, address: '198.51.100.11', role: 'unicast' };
const gateway = (number: number, transport: Transport = 'udp'): Gateway => ({
  name: `g${number}` as GatewayName,
  uri: uriText(`sip:10.0.1.${number}`),
  destination: { kind: 'address', hop: { address: `10.0.1.${number}`, port: 5060, transport } },
  priority: 1,
  probe: RULES,
});

/** A loop whose gateways say at once what `answer` says. */
function stand(answer: (address: string) => ProbeOutcome, { directory } = virtualDirectory()) {
  const time = new VirtualWorld(5);
  const asked: { atMs: number; address: string; by: string }[] = [];
  const health = healthBook(time.world);
  const probe = ({ nextHop, listener }: Probe, tell: (outcome: ProbeOutcome) => void) => {
    asked.push({ atMs: time.nowMs, address: nextHop.address, by: listener.address });
    tell(answer(nextHop.address));
  };
  const hopsOf = ({ destination }: Gateway) => directory.whereIs(destination).hops;
  const loop = probing({
    world: time.world,
    health,
    listenersToward: ({ isOutside }) => [isOutside === true ? U : LISTENER],
    hopsOf,
    probe,
  });
  return { time, asked, health, loop };
}

const answered = (status: number): ProbeOutcome => ({
  kind: 'answered',
  status,
  afterMs: 4,
  restMs: undefined,
});

describe('the probes', () => {
  test('of gateways that are outside leave from U', () => {
    const inside = gateway(1);
    const there = gateway(2);
    const outside = { ...there, destination: { ...there.destination, isOutside: true } } as const;
    const { time, asked, loop } = stand(() => answered(200));
    loop.follow([inside, outside]);
    time.runUntil(1000);
    const by = Object.fromEntries(asked.map((one) => [one.address, one.by]));
    expect(by).toEqual({ '10.0.1.1': LISTENER.address, '10.0.1.2': U.address });
  });

  test('ask each gateway soon, then at its own pace, and not all in step', () => {
    const all = [1, 2, 3, 4].map((number) => gateway(number));
    const { time, asked, loop } = stand(() => answered(200));
    loop.follow(all);
    time.runUntil(1000);
    expect(new Set(asked.map(({ address }) => address)).size).toBe(4);
    expect(new Set(asked.map(({ atMs }) => Math.round(atMs))).size).toBe(4);
    time.runUntil(100_000);
    for (const address of [1, 2, 3, 4].map((number) => `10.0.1.${number}`)) {
      const times = asked.filter((one) => one.address === address).map(({ atMs }) => atMs);
      const pauses = times.slice(1).map((at, index) => at - (times[index] ?? 0));
      for (const pause of pauses) expect(Math.abs(pause - 10_000)).toBeLessThanOrEqual(1500);
      expect(pauses.length).toBeGreaterThan(7);
    }
  });

  test.each([200, 404, 405, 481, 486, 500, 603])('a %s is a sign of life', (status) => {
    const { time, health, loop } = stand(() => answered(status));
    loop.follow([gateway(1)]);
    time.runUntil(60_000);
    expect(health.report(gateway(1))).toMatchObject({ belief: { tag: 'up' }, rttMs: 4 });
  });

  test.each<[string, ProbeOutcome]>([
    ['503', answered(503)],
    ['silent', { kind: 'silent' }],
    ['unsent: no way', { kind: 'unsent', why: 'no way' }],
  ])('%s is none', (said, outcome) => {
    const { time, health, loop } = stand(() => outcome);
    loop.follow([gateway(1)]);
    time.runUntil(15_000);
    const { belief, why, hops } = health.report(gateway(1));
    expect(belief.tag).toBe('down');
    expect(why).toBe(`${said} to a probe, 2 times in a row`);
    expect(hops).toEqual([{ hop: 'udp:10.0.1.1:5060', said }]);
  });

  test('are not sent to a gateway that is not to be asked, nor after a reload took it away', () => {
    const { time, asked, loop } = stand(() => answered(200));
    const { probe: _, ...unasked } = gateway(2);
    loop.follow([gateway(1), unasked]);
    time.runUntil(30_000);
    expect(asked.some(({ address }) => address === '10.0.1.2')).toBe(false);
    loop.follow([unasked]);
    asked.length = 0;
    time.runUntil(90_000);
    expect(asked).toEqual([]);
    expect(time.pending).toBe(0);
  });

  test('cannot be sent where no listener speaks the transport, and that is said', () => {
    const { time, health, loop } = stand(() => answered(200));
    const tcp = gateway(1, 'tcp');
    loop.follow([tcp]);
    time.runUntil(1000);
    expect(health.report(tcp).hops[0]?.said).toBe('unsent: no tcp listener over IPv4');
    loop.close();
    expect(time.pending).toBe(0);
  });

  test('go to every place that a name leads to; one that answers is enough', async () => {
    const set = virtualDirectory();
    const destination = named('psap.example:5060');
    set.names.has('A psap.example', 60, '10.0.1.7', '10.0.1.8');
    set.directory.follow([destination]);
    await set.pass(0);
    const silentAt7 = (at: string): ProbeOutcome =>
      at === '10.0.1.7' ? { kind: 'silent' } : answered(200);
    const { time, health, loop } = stand(silentAt7, set);
    const one = { ...gateway(1), destination };
    loop.follow([one]);
    time.runUntil(1000);
    expect(health.report(one)).toMatchObject({
      belief: { tag: 'up' },
      hops: [
        { hop: 'udp:10.0.1.7:5060', said: 'silent' },
        { hop: 'udp:10.0.1.8:5060', said: '200' },
      ],
    });
  });

  test('count a gateway that is nowhere to be found as failed', () => {
    const { time, health, loop } = stand(() => answered(200));
    const lost = { ...gateway(1), destination: named('nowhere.example') };
    loop.follow([lost]);
    time.runUntil(15_000);
    const { belief, why } = health.report(lost);
    expect(belief.tag).toBe('down');
    expect(why).toBe('it is nowhere to be found, 2 times in a row');
  });
});
