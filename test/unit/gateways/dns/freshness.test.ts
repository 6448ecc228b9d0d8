import { describe, expect, test } from '@jest/globals';
import { ASKING_MAX } from '../../../../lib/gateways/dns/name-book.ts';
import { named, virtualDirectory } from '../../../support/virtual-directory.ts';
import { BARE, countAsked, DAY, events, found, foundBare, SEC, whereIs } from './found.ts';

describe('an answer', () => {
  test('is asked for again in the last fifth of its life, whether anybody reads it or not', async () => {
    const set = await foundBare(100);
    await set.pass(79 * SEC);
    expect(countAsked(set, 'A psap.example')).toBe(1);
    await set.pass(11 * SEC);
    expect(countAsked(set, 'A psap.example')).toBe(2);
  });

  test('lives for 5 seconds at least and for an hour at most [8767-4]', async () => {
    const short = await foundBare(0);
    await short.pass(60 * SEC);
    const perMinute = countAsked(short, 'A psap.example');
    expect(perMinute).toBeGreaterThanOrEqual(13);
    expect(perMinute).toBeLessThanOrEqual(16);
    const long = await foundBare(2 ** 32 - 1);
    await long.pass(3600 * SEC);
    expect(countAsked(long, 'A psap.example')).toBe(2);
  });

  test('that is another one moves the next call, and is told', async () => {
    const set = await foundBare(10);
    set.names.has('A psap.example', 10, '10.0.1.2');
    await set.pass(10 * SEC);
    expect(whereIs(set, BARE)).toEqual(['fresh', 'udp:10.0.1.2:5060']);
    expect(set.notices.at(-1)).toMatchObject({
      event: 'dns-moved',
      hopsBefore: ['udp:10.0.1.1:5060'],
      hopsNow: ['udp:10.0.1.2:5060'],
    });
  });

  test('that is the same in another order is told to nobody', async () => {
    const set = await foundBare(10);
    set.names.has('A psap.example', 10, '10.0.1.2', '10.0.1.1');
    await set.pass(10 * SEC);
    set.names.has('A psap.example', 10, '10.0.1.1', '10.0.1.2');
    await set.pass(10 * SEC);
    expect(events(set)).toEqual(['dns-moved', 'dns-moved']);
    expect(whereIs(set, BARE)).toEqual(['fresh', 'udp:10.0.1.1:5060', 'udp:10.0.1.2:5060']);
  });

  test('is out once at a time, however many gateways want it', async () => {
    const set = virtualDirectory();
    set.names.holds('');
    set.directory.follow([BARE, named('psap.example:5070'), named('tcp:psap.example:5060')]);
    await set.pass(60 * SEC);
    expect(set.names.asked).toEqual(['A psap.example']);
  });

  test('of a new server does not take the old one away before its address is known', async () => {
    const set = await found(10);
    set.names.has('SRV _sip._udp.psap.example', 10, '1 0 5060 new.psap.example');
    set.names.has('A new.psap.example', 10, '10.0.1.7');
    set.names.holds('A new');
    await set.pass(9 * SEC);
    expect(set.names.asked).toContain('A new.psap.example');
    expect(whereIs(set)).toEqual(['fresh', 'udp:10.0.1.1:5060']);
    set.names.holds(undefined);
    await set.pass(0);
    expect(whereIs(set)).toEqual(['fresh', 'udp:10.0.1.7:5060']);
    const moves = set.notices.map(({ hopsNow }) => hopsNow);
    expect(moves).toEqual([['udp:10.0.1.1:5060'], ['udp:10.0.1.7:5060']]);
  });
});

describe('servers that do not answer', () => {
  test('cost nothing: what they said is used on, and that is told [8767-5]', async () => {
    const set = await found(60);
    set.names.fails('timeout');
    await set.pass(55 * SEC);
    expect(whereIs(set)).toEqual(['fresh', 'udp:10.0.1.1:5060']);
    await set.pass(DAY, 10 * SEC);
    expect(whereIs(set)).toEqual(['stale', 'udp:10.0.1.1:5060']);
    expect(events(set)).toEqual(['dns-moved', 'dns-stale']);
    expect(set.notices.at(-1)?.['why']).toContain('A gw.psap.example: timeout');
    set.names.fails(undefined);
    await set.pass(120 * SEC);
    expect(whereIs(set)[0]).toBe('fresh');
    expect(events(set)).toEqual(['dns-moved', 'dns-stale', 'dns-fresh']);
  });

  test('are not believed for ever: after a week there is nothing left', async () => {
    const set = await foundBare(60);
    set.names.fails('SERVFAIL');
    set.time.runUntil(7 * DAY);
    await set.pass(0);
    expect(whereIs(set, BARE)[0]).toBe('stale');
    set.time.runUntil(7 * DAY + 61 * SEC);
    await set.pass(120 * SEC);
    expect(whereIs(set, BARE)).toEqual(['unknown']);
  });

  test('are asked again after a second, then ever less often, once a minute in the end', async () => {
    const set = virtualDirectory();
    set.names.fails('unreachable');
    set.directory.follow([BARE]);
    await set.pass(SEC * 1.5);
    expect(set.names.asked.length).toBe(2);
    await set.pass(3600 * SEC);
    expect(set.names.asked.length).toBeGreaterThan(50);
    expect(set.names.asked.length).toBeLessThan(90);
    expect(set.counts.get('dns/unreachable')).toBe(set.names.asked.length);
    expect(events(set)).toEqual(['dns-unknown']);
    set.names.fails(undefined);
    set.names.has('A psap.example', 5, '10.0.1.1');
    await set.pass(80 * SEC);
    set.names.fails('unreachable');
    await set.pass(5 * SEC);
    const before = set.names.asked.length;
    await set.pass(3 * SEC);
    expect(set.names.asked.length - before).toBeGreaterThanOrEqual(1);
  });

  test('do not keep the others from being asked', async () => {
    const set = virtualDirectory();
    set.names.holds('');
    const many = Array.from({ length: 100 }, (_, index) => named(`gw${index}.example:5060`));
    for (let index = 0; index < 100; index += 1)
      set.names.has(`A gw${index}.example`, 60, '10.0.1.1');
    set.directory.follow(many);
    await set.pass(SEC);
    expect(set.names.outMost()).toBe(ASKING_MAX);
    set.names.holds(undefined);
    await set.pass(0);
    await set.pass(0);
    expect(many.map((one) => whereIs(set, one)[0])).toEqual(Array(100).fill('fresh'));
    expect(set.names.outMost()).toBe(ASKING_MAX);
  });
});

describe('an answer that there is nothing', () => {
  const NONE = { kind: 'nothing', why: 'NXDOMAIN' } as const;

  test('takes the name from ordinary calls, and where it was is left to emergency calls', async () => {
    const set = await foundBare(10);
    set.names.answers('A psap.example', { ...NONE, ttlSec: 60 });
    await set.pass(10 * SEC);
    expect(whereIs(set, BARE)).toEqual(['gone', 'udp:10.0.1.1:5060']);
    expect(set.notices.at(-1)).toMatchObject({
      event: 'dns-gone',
      level: 'warn',
      why: 'A psap.example: NXDOMAIN',
    });
    set.names.has('A psap.example', 10, '10.0.1.1');
    await set.pass(60 * SEC);
    expect(whereIs(set, BARE)).toEqual(['fresh', 'udp:10.0.1.1:5060']);
    expect(events(set)).toEqual(['dns-moved', 'dns-gone', 'dns-fresh']);
  });

  test('is remembered as long as the SOA says, five minutes at most [2308-5]', async () => {
    const set = virtualDirectory();
    set.names.answers('A psap.example', { ...NONE, ttlSec: 20 });
    set.directory.follow([BARE]);
    await set.pass(15 * SEC);
    expect(set.names.asked.length).toBe(1);
    set.names.answers('A psap.example', { ...NONE, ttlSec: 86_400 });
    await set.pass(4 * SEC);
    expect(set.names.asked.length).toBe(2);
    await set.pass(300 * SEC);
    expect(set.names.asked.length).toBe(3);
    expect(events(set)).toEqual(['dns-unknown']);
    expect(set.counts.get('dns/NXDOMAIN')).toBe(3);
  });

  test('of NAPTR sends the next call by SRV at once', async () => {
    const set = await found(10);
    set.names.answers('NAPTR psap.example', { kind: 'nothing', why: 'NODATA', ttlSec: 60 });
    set.names.has('SRV _sip._tcp.psap.example', 10, '1 0 5070 gw.psap.example');
    await set.pass(10 * SEC);
    expect(whereIs(set)).toEqual(['fresh', 'udp:10.0.1.1:5060', 'tcp:10.0.1.1:5070']);
  });
});
