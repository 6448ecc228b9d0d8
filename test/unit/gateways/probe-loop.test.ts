import { describe, expect, test } from '@jest/globals';
import { healthBook } from '../../../lib/gateways/health-book.ts';
import type { Gateway, GatewayName } from '../../../lib/gateways/options.ts';
import { probing } from '../../../lib/gateways/probe-loop.ts';
import type { Listener, Probe, ProbeOutcome } from '../../../lib/ports/sip-engine.ts';
import { uriText } from '../../../lib/sip/ids.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';

const RULES = { everySec: 10, downAfter: 2, upAfter: 1, timeoutMs: 500 };
const LISTENER: Listener = {
  address: '10.0.0.11',
  port: 5060,
  transport: 'udp',
  role: 'gateway',
  advertise: undefined,
};
const gateway = (number: number, more: Partial<Gateway> = {}): Gateway => ({
  name: `g${number}` as GatewayName,
  uri: uriText(`sip:10.0.1.${number}`),
  address: { address: `10.0.1.${number}`, port: 5060 },
  priority: 1,
  probe: RULES,
  ...more,
});

/** A loop whose gateways say at once what `answer` says. */
function stand(answer: (address: string) => ProbeOutcome) {
  const time = new VirtualWorld(5);
  const asked: { atMs: number; address: string }[] = [];
  const health = healthBook(time.world);
  const probe = ({ nextHop }: Probe, tell: (outcome: ProbeOutcome) => void) => {
    asked.push({ atMs: time.nowMs, address: nextHop.address });
    tell(answer(nextHop.address));
  };
  const loop = probing({ world: time.world, health, listeners: [LISTENER], probe });
  return { time, asked, health, loop };
}

const answered = (status: number): ProbeOutcome => ({
  kind: 'answered',
  status,
  afterMs: 4,
  restMs: undefined,
});

describe('the probes', () => {
  test('ask each gateway soon, then at its own pace, and not all in step', () => {
    const all = [1, 2, 3, 4].map((number) => gateway(number));
    const { time, asked, loop } = stand(() => answered(200));
    loop.follow(all);
    time.runUntil(1000);
    expect(new Set(asked.map(({ address }) => address)).size).toBe(4);
    expect(new Set(asked.map(({ atMs }) => Math.round(atMs))).size).toBe(4);
    time.runUntil(100_000);
    for (const { address } of all.map((one) => one.address)) {
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
    const tcp = gateway(1, { transport: 'tcp' });
    loop.follow([tcp]);
    time.runUntil(1000);
    expect(health.report(tcp).hops[0]?.said).toBe('unsent: no tcp listener');
    loop.close();
    expect(time.pending).toBe(0);
  });
});
