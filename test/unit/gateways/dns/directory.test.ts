import { describe, expect, test } from '@jest/globals';
import type { Spoken } from '../../../../lib/gateways/dns/directory.ts';
import { ASKING_MAX, NAMES_MAX } from '../../../../lib/gateways/dns/name-book.ts';
import { named, virtualDirectory } from '../../../support/virtual-directory.ts';
import { BARE, events, found, foundBare, PSAP, SEC, whereIs } from './found.ts';

describe('a destination', () => {
  test('that is an address is where it says, and nobody is asked', () => {
    const set = virtualDirectory();
    const hop = { address: '10.0.1.31', port: 5060, transport: 'tcp' } as const;
    const fixed = { kind: 'address', hop } as const;
    set.directory.follow([fixed]);
    expect(set.directory.whereIs(fixed)).toEqual({ standing: 'fixed', hops: [hop] });
    expect(set.directory.stateOf(fixed).questions).toEqual([]);
    expect(set.names.asked).toEqual([]);
    expect(set.time.pending).toBe(0);
  });

  test('by name is an IP address, port and transport protocol in the end [3263-4]', async () => {
    const set = await found();
    expect(whereIs(set)).toEqual(['fresh', 'udp:10.0.1.1:5060']);
    expect(set.addresses()).toEqual(['10.0.1.1']);
    expect(set.notices).toEqual([
      {
        event: 'dns-moved',
        level: 'info',
        destination: 'psap.example',
        hopsBefore: [],
        hopsNow: ['udp:10.0.1.1:5060'],
      },
    ]);
  });

  test('is unknown until its answers are there, and the caller of whereIs never waits', async () => {
    const set = virtualDirectory();
    set.names.has('A psap.example', 60, '10.0.1.1');
    set.names.holds('');
    set.directory.follow([BARE]);
    await set.pass(SEC);
    expect(whereIs(set, BARE)).toEqual(['unknown']);
    set.names.holds(undefined);
    await set.pass(0);
    expect(whereIs(set, BARE)).toEqual(['fresh', 'udp:10.0.1.1:5060']);
  });

  test('outside is looked for by what U speaks, and is another place than inside', async () => {
    const outside: Spoken = { transports: ['tcp'], familiesOf: () => [6] };
    const set = virtualDirectory({ outside });
    const there = { ...BARE, isOutside: true } as const;
    set.names.has('A psap.example', 60, '10.0.1.1');
    set.names.has('AAAA psap.example', 60, '2001:db8::1');
    set.directory.follow([BARE, there]);
    await set.pass(SEC);
    expect(whereIs(set, BARE)).toEqual(['fresh', 'udp:10.0.1.1:5060']);
    expect(whereIs(set, there)).toEqual(['fresh', 'tcp:[2001:db8::1]:5060']);
    expect(set.notices.map((notice) => Reflect.get(notice, 'destination'))).toEqual([
      'psap.example:5060',
      'outside psap.example:5060',
    ]);
  });

  test('that nobody follows is unknown', () => {
    expect(whereIs(virtualDirectory())).toEqual(['unknown']);
  });
});

describe('following', () => {
  test('others lets the questions of the old ones go', async () => {
    const set = await found(10);
    set.names.has('A other.example', 10, '10.0.1.9');
    set.directory.follow([named('other.example:5060')]);
    await set.pass(0);
    set.names.asked.length = 0;
    await set.pass(60 * SEC);
    expect(new Set(set.names.asked)).toEqual(new Set(['A other.example']));
    expect(whereIs(set)).toEqual(['unknown']);
    set.directory.follow([]);
    await set.pass(0);
    expect(set.time.pending).toBe(0);
  });

  test('fewer keeps the questions that are still wanted', async () => {
    const set = await foundBare(10);
    const sharing = named('tcp:psap.example:5070');
    set.directory.follow([BARE, sharing]);
    await set.pass(0);
    set.directory.follow([sharing]);
    set.names.has('A psap.example', 10, '10.0.1.2');
    await set.pass(10 * SEC);
    expect(whereIs(set, sharing)).toEqual(['fresh', 'tcp:10.0.1.2:5070']);
  });

  test('the same ones again asks nothing anew', async () => {
    const set = await found();
    const asked = set.names.asked.length;
    set.directory.follow([PSAP]);
    await set.pass(0);
    expect(set.names.asked.length).toBe(asked);
  });

  test('ends with close: an answer that comes after it is nobody’s', async () => {
    const set = virtualDirectory();
    set.names.has('A psap.example', 60, '10.0.1.1');
    set.names.holds('');
    set.directory.follow([BARE]);
    await set.pass(0);
    set.directory.close();
    set.names.holds(undefined);
    await set.pass(0);
    expect(set.notices).toEqual([]);
    expect(set.time.pending).toBe(0);
  });
});

describe('waiting for all to be settled', () => {
  test('ends with the last answer, also with one that there is nothing', async () => {
    const set = virtualDirectory();
    set.names.has('A psap.example', 60, '10.0.1.1');
    set.directory.follow([BARE, named('none.example')]);
    let isOver = false;
    void set.directory.settled(2000).then(() => {
      isOver = true;
    });
    await set.pass(0);
    expect(isOver).toBe(true);
    expect(set.time.nowMs).toBe(0);
  });

  test('ends with its time where servers are silent', async () => {
    const set = virtualDirectory();
    set.names.holds('');
    set.directory.follow([BARE]);
    let isOver = false;
    void set.directory.settled(2000).then(() => {
      isOver = true;
    });
    await set.pass(1999);
    expect(isOver).toBe(false);
    await set.pass(1);
    expect(isOver).toBe(true);
  });

  test('is no wait where nothing is looked up', async () => {
    const set = virtualDirectory();
    await set.directory.settled(2000);
    expect(set.time.pending).toBe(0);
  });
});

test(`a name beyond ${NAMES_MAX} is not asked for, and nobody waits for it`, async () => {
  const set = virtualDirectory();
  const many = Array.from({ length: NAMES_MAX + 1 }, (_, index) => named(`g${index}.example:5060`));
  set.directory.follow(many);
  for (let turn = 0; turn < NAMES_MAX / ASKING_MAX; turn += 1) await set.pass(0);
  expect(new Set(set.names.asked).size).toBe(NAMES_MAX);
  expect(set.names.asked).not.toContain(`A g${NAMES_MAX}.example`);
  expect(events(set)).toHaveLength(NAMES_MAX + 1);
  await set.directory.settled(SEC);
});

test('the state of a gateway says every answer on its way, its age and what went wrong', async () => {
  const set = await found(60);
  set.names.fails('SERVFAIL');
  await set.pass(90 * SEC);
  const { questions } = set.directory.stateOf(PSAP);
  expect(questions).toEqual([
    {
      name: 'psap.example',
      type: 'NAPTR',
      answers: ['1 1 "s" "SIP+D2U" "" _sip._udp.psap.example'],
      ttlSecLeft: -30,
      lastError: 'SERVFAIL',
    },
    {
      name: '_sip._udp.psap.example',
      type: 'SRV',
      answers: ['1 0 5060 gw.psap.example'],
      ttlSecLeft: -30,
      lastError: 'SERVFAIL',
    },
    {
      name: 'gw.psap.example',
      type: 'A',
      answers: ['10.0.1.1'],
      ttlSecLeft: -30,
      lastError: 'SERVFAIL',
    },
  ]);
});

test('an address of this site that DNS names is told once', async () => {
  const set = virtualDirectory({ isOwn: ({ address }) => address === '198.51.100.11' });
  set.names.has('A psap.example', 10, '198.51.100.11');
  set.directory.follow([BARE]);
  await set.pass(60 * SEC);
  expect(whereIs(set, BARE)).toEqual(['unknown']);
  expect(events(set)).toEqual(['dns-own', 'dns-unknown']);
});

test.each([
  [4, 'A psap.example: NODATA, and no gateway listener has IPv6'],
  [6, 'AAAA psap.example: NODATA, and no gateway listener has IPv4'],
] as const)('a name without an address of IPv%d alone says so', async (family, why) => {
  const set = virtualDirectory({ familiesOf: () => [family] });
  const type = family === 4 ? 'A' : 'AAAA';
  set.names.answers(`${type} psap.example`, { kind: 'nothing', why: 'NODATA', ttlSec: 60 });
  set.directory.follow([BARE]);
  await set.pass(0);
  expect(set.notices).toMatchObject([
    { event: 'dns-unknown', destination: expect.anything(), why },
  ]);
});

test('the same seed draws the same hops, refreshes and retries', async () => {
  const run = async () => {
    const set = virtualDirectory({}, 77);
    const targets = Array.from({ length: 5 }, (_, index) => `1 ${index} 5060 gw${index}.example`);
    set.names.has('SRV _sip._udp.psap.example', 7, ...targets);
    for (let index = 0; index < 5; index += 1)
      set.names.has(`A gw${index}.example`, 9, `10.0.1.${index + 1}`);
    set.directory.follow([named('udp:psap.example')]);
    const drawn: unknown[] = [];
    for (let step = 0; step < 40; step += 1) {
      if (step === 20) set.names.fails('timeout');
      await set.pass(SEC);
      drawn.push(whereIs(set, named('udp:psap.example')), set.names.asked.length);
    }
    return drawn;
  };
  expect(await run()).toEqual(await run());
});
