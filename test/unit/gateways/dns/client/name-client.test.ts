import { createSocket } from 'node:dgram';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Packet } from 'dns-packet';
import { realWorld } from '../../../../../lib/base/real-world.ts';
import type { Alarm, World } from '../../../../../lib/base/time.ts';
import { openNameClient } from '../../../../../lib/gateways/dns/client/name-client.ts';
import type { NameQuestion, NameService } from '../../../../../lib/ports/name-service.ts';
import type { Address } from '../../../../../lib/sip/address.ts';
import { type Answering, bytesOf, type ScriptedServer, scriptedServer } from './scripted-server.ts';

const GW: NameQuestion = { name: 'gw.psap.example', type: 'A' };
const RIGHT: Partial<Packet> = {
  answers: [{ type: 'A', name: GW.name, ttl: 60, data: '10.0.1.1' }],
};
const WRONG: Partial<Packet> = {
  answers: [{ type: 'A', name: GW.name, ttl: 60, data: '10.6.6.6' }],
};
const TRUNCATED: Partial<Packet> = { flags: 1 << 9, answers: [] };
const FOUND = { kind: 'records', records: [{ type: 'A', address: '10.0.1.1' }], ttlSec: 60 };

/**
 * The real world, but that no alarm rings before `pass` says so: however busy the machine is, a
 * server that answers is never taken for a silent one.
 */
function patientWorld(): World & { pass(): void } {
  const alarms = new Set<() => void>();
  const timers = {
    set: (_ms: number, run: () => void) => {
      alarms.add(run);
      return run;
    },
    clear: (alarm: Alarm) => void alarms.delete(alarm as () => void),
  };
  const pass = () => {
    for (const ring of alarms) ring();
  };
  return { ...realWorld(), timers, pass };
}

const world = patientWorld();

/** The loop comes to its sockets twice after 20 ms, even if it was held up for longer. */
async function heard(): Promise<void> {
  await setTimeout(20);
  await setImmediate();
  await setImmediate();
}

/** Says what `answering` says, and lets the time run out once that has been heard. */
const inVain =
  (answering: Answering): Answering =>
  (asked) => {
    void heard().then(() => world.pass());
    return answering(asked);
  };

const open: (ScriptedServer | NameService)[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function server(byUdp: Answering, byTcp?: Answering): Promise<ScriptedServer> {
  const started = await scriptedServer(byUdp, byTcp);
  open.push(started);
  return started;
}

function client(...servers: readonly Address[]): NameService {
  const opened = openNameClient({ world, servers: () => servers });
  open.push(opened);
  return opened;
}

describe('a question', () => {
  test('is answered by the first server that knows', async () => {
    const first = await server(() => [RIGHT]);
    const second = await server(() => [RIGHT]);
    expect(await client(first.at, second.at).ask(GW)).toMatchObject(FOUND);
    expect(second.overUdp).toEqual([]);
  });

  test('has an id and a source port of its own each time [5452-9.2]', async () => {
    const one = await server(() => [RIGHT]);
    const asking = client(one.at);
    for (let count = 0; count < 20; count += 1) await asking.ask(GW);
    const ids = new Set(one.overUdp.map(({ id }) => id));
    const ports = new Set(one.overUdp.map(({ from }) => from));
    expect(ids.size).toBeGreaterThan(15);
    expect(ports.size).toBeGreaterThan(15);
  });

  test.each([
    ['says SERVFAIL', () => [{ flags: 2 }]],
    ['refuses', () => [{ flags: 5 }]],
    ['is silent', inVain(() => [])],
    ['sends noise', inVain(() => [Buffer.from('noise')])],
  ] as const)('goes to the second server when the first one %s', async (_, answering) => {
    const first = await server(answering);
    const second = await server(() => [RIGHT]);
    expect(await client(first.at, second.at).ask(GW)).toMatchObject(FOUND);
    expect(first.overUdp).toHaveLength(1);
  });

  test('goes on at once from a port where nobody listens', async () => {
    const closed = await server(() => []);
    await closed.close();
    open.splice(open.indexOf(closed), 1);
    const second = await server(() => [RIGHT]);
    expect(await client(closed.at, second.at).ask(GW)).toMatchObject(FOUND);
  });

  test('is asked twice of each server before nobody knows', async () => {
    const one = await server(inVain(() => []));
    const other = await server(() => [{ flags: 2 }]);
    expect(await client(one.at, other.at).ask(GW)).toEqual({ kind: 'failed', why: 'SERVFAIL' });
    expect([one.overUdp.length, other.overUdp.length]).toEqual([2, 2]);
  });

  test('fails as a timeout, or as garbled where all that came was no reply', async () => {
    const silent = await server(inVain(() => []));
    expect(await client(silent.at).ask(GW)).toEqual({ kind: 'failed', why: 'timeout' });
    const noisy = await server(inVain(() => [Buffer.from('noise')]));
    expect(await client(noisy.at).ask(GW)).toEqual({ kind: 'failed', why: 'garbled' });
  });

  test('fails where there is no server at all', async () => {
    expect(await client().ask(GW)).toEqual({ kind: 'failed', why: 'unreachable' });
  });

  test('is not asked of a second server when the first one says that there is no such name', async () => {
    const first = await server(() => [{ flags: 3 }]);
    const second = await server(() => [RIGHT]);
    expect(await client(first.at, second.at).ask(GW)).toMatchObject({ why: 'NXDOMAIN' });
    expect(second.overUdp).toEqual([]);
  });

  test('ends with the client', async () => {
    const silent = await server(() => []);
    const asking = client(silent.at);
    const answer = asking.ask(GW);
    asking.close();
    expect(await answer).toEqual({ kind: 'failed', why: 'closed' });
    expect(await asking.ask(GW)).toEqual({ kind: 'failed', why: 'closed' });
  });
});

describe('what is no reply is ignored until the reply comes [5452-9.1]', () => {
  test('with another id or another question', async () => {
    const one = await server((asked) => [
      bytesOf(WRONG, { ...asked, id: ((asked.id ?? 0) + 1) % 65_536 }),
      bytesOf(WRONG, { ...asked, questions: [{ name: 'other.example', type: 'A', class: 'IN' }] }),
      Buffer.from('noise'),
      RIGHT,
    ]);
    expect(await client(one.at).ask(GW)).toMatchObject(FOUND);
    expect(one.overUdp).toHaveLength(1);
  });

  test('from another address or port than was asked', async () => {
    const stranger = createSocket('udp4');
    let sent = 0;
    const answering = inVain((asked) => {
      stranger.send(bytesOf(WRONG, asked), asked.from, '127.0.0.1', () => {
        sent += 1;
      });
      return [];
    });
    const one = await server(answering);
    expect(await client(one.at).ask(GW)).toEqual({ kind: 'failed', why: 'timeout' });
    expect(sent).toBe(2);
    stranger.close();
  });
});

describe('an answer that has no room in a datagram', () => {
  test('is fetched by TCP, from the same server, with an id of its own [1035-4.2.2]', async () => {
    const many = Array.from({ length: 30 }, (_, index) => ({
      type: 'A' as const,
      name: GW.name,
      ttl: 60,
      data: `10.0.1.${index}`,
    }));
    const one = await server(
      () => [TRUNCATED],
      () => [{ answers: many }],
    );
    const answer = await client(one.at).ask(GW);
    expect(answer.kind === 'records' && answer.records.length).toBe(30);
    expect([one.overUdp.length, one.overTcp.length]).toEqual([1, 1]);
    expect(one.overTcp[0]?.id).not.toBe(one.overUdp[0]?.id);
  });

  test('is asked of the next server where TCP is closed at once', async () => {
    const first = await server(() => [TRUNCATED]);
    const second = await server(() => [RIGHT]);
    expect(await client(first.at, second.at).ask(GW)).toMatchObject(FOUND);
  });

  test('is not taken with another id, by TCP either', async () => {
    const one = await server(
      () => [TRUNCATED],
      (asked) => [bytesOf(WRONG, { ...asked, id: ((asked.id ?? 0) + 1) % 65_536 })],
    );
    expect(await client(one.at).ask(GW)).toEqual({ kind: 'failed', why: 'garbled' });
  });
});
