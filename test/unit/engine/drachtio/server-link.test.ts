import { afterEach, describe, expect, test } from '@jest/globals';
import { hurriedWorld } from '../../../support/hurried-world.ts';
import { until } from '../../../support/until.ts';
import { type AdminServer, greets, openAdminServer, V0_9 } from './admin-server.ts';
import { type Linked, openLink } from './links.ts';

const PLACES = 'tcp/10.0.0.21:5060,udp/10.0.0.21:5060';
const OPTIONS = { method: 'OPTIONS', uri: 'sip:gw@10.0.0.31', headers: {} };

const open: { close(): unknown }[] = [];

async function served(...parameters: Parameters<typeof openAdminServer>): Promise<AdminServer> {
  const server = await openAdminServer(...parameters);
  open.push(server);
  return server;
}

function linked(...parameters: Parameters<typeof openLink>): Linked {
  const made = openLink(...parameters);
  open.unshift(made.link);
  return made;
}

const isUp = ({ told }: Linked) => until('the link is up', () => told.includes(`up ${V0_9}`));

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

describe('the connection to a drachtio-server', () => {
  test('takes calls when the secret is right, and knows where the server speaks SIP', async () => {
    const server = await served(() => greets(PLACES, V0_9));
    const one = linked(server.options);
    expect(one.link.hindrance).toBe('it has not answered yet');
    expect(one.link.placeOf('udp', 4)).toBeUndefined();
    await isUp(one);
    expect(server.secrets).toEqual(['of-the-links']);
    expect(one.link.hindrance).toBeUndefined();
    expect(one.link.placeOf('tcp', 4)).toEqual({
      transport: 'tcp',
      address: '10.0.0.21',
      port: 5060,
    });
    expect(one.link.placeOf('tls', 4)).toBeUndefined();
  });

  test('takes none when the secret is refused, and says so once', async () => {
    const server = await served(() => ['NO', 'incorrect secret']);
    const one = linked(server.options);
    await until('a second try', () => {
      server.dropApps();
      return server.secrets.length > 1;
    });
    expect(one.link.hindrance).toBe('it refused the secret');
    expect(one.told).toEqual(['unusable: it refused the secret']);
  });

  test.each([
    ['v0.8.24', 'it is v0.8.24; 0.9 is needed'],
    ['', 'it is of no version; 0.9 is needed'],
    ['of today', 'it is of today; 0.9 is needed'],
  ])('takes none with a server of version "%s"', async (version, why) => {
    const server = await served(() => greets(PLACES, version));
    const { link, told } = linked(server.options);
    await until('it is unusable', () => told.length > 0);
    expect(told).toEqual([`unusable: ${why}`]);
    expect(link.hindrance).toBe(why);
  });

  test.each(['v0.9.0', 'v0.10.1', 'v1.0.0'])(
    'takes them with one of version %s',
    async (version) => {
      const server = await served(() => greets(PLACES, version));
      const { link, told } = linked(server.options);
      await until('it is up', () => told.length > 0);
      expect(link.hindrance).toBeUndefined();
    },
  );

  test('asks again a server whose SIP ports are not open yet', async () => {
    const server = await served((times) => greets(times < 3 ? '' : PLACES, V0_9));
    const one = linked(server.options, hurriedWorld(10));
    await until('a second try', () => server.secrets.length > 1);
    expect(one.link.hindrance).toBe('it has not answered yet');
    await isUp(one);
    expect(one.told).toEqual([`up ${V0_9}`]);
  });

  test('finds a server that comes later, and has said once that it is not there', async () => {
    const gone = await openAdminServer(() => greets(PLACES, V0_9));
    await gone.close();
    const one = linked(gone.options);
    await until('it is unusable', () => one.told.length > 0);
    expect(one.link.hindrance).toMatch(/ECONNREFUSED/);
    await served(() => greets(PLACES, V0_9), gone.options.port);
    await isUp(one);
    expect(one.told).toHaveLength(2);
  });

  test('is lost with the server, and comes back by itself', async () => {
    const server = await served(() => greets(PLACES, V0_9));
    const one = linked(server.options);
    await isUp(one);
    server.dropApps();
    await until('it is down', () => one.told.length > 1);
    expect(one.link.hindrance).toBe('its connection was lost');
    expect(one.link.placeOf('udp', 4)).toBeUndefined();
    await until('it is up again', () => one.told.length > 2);
    const why = 'its connection was lost';
    expect(one.told).toEqual([`up ${V0_9}`, `down: ${why}`, `up ${V0_9}`]);
    expect(one.link.hindrance).toBeUndefined();
  });

  test('takes no new calls while an order waits too long to be taken', async () => {
    const server = await served(() => greets(PLACES, V0_9));
    const one = linked(server.options, hurriedWorld(10));
    await isUp(one);
    const errors: unknown[] = [];
    one.link.request({ ...OPTIONS }, (error) => void errors.push(error));
    expect(one.link.hindrance).toBeUndefined();
    await until('patience is over', () => one.link.hindrance !== undefined);
    expect(one.link.hindrance).toBe('it does not answer');
    const order = await until('the order', () => server.orders[0]);
    server.refuses(order, 'no');
    await until('the order is over', () => errors.length > 0);
    expect(one.link.hindrance).toBeUndefined();
    expect(one.told).toEqual([`up ${V0_9}`]);
  });

  test('fails an order that there is no connection for, and never before it has returned', async () => {
    const gone = await openAdminServer(() => []);
    await gone.close();
    const { link } = linked(gone.options);
    let isOver = false;
    const failed = new Promise((resolve) => {
      link.request({ ...OPTIONS }, (_error, sent) => {
        isOver = true;
        resolve(sent);
      });
    });
    expect(isOver).toBe(false);
    expect(await failed).toBeUndefined();
  });

  test('is closed for good', async () => {
    const server = await served((times) => greets(times === 1 ? '' : PLACES, V0_9));
    const one = linked(server.options, hurriedWorld(10));
    await until('the first try', () => server.secrets.length > 0);
    one.link.close();
    expect(one.link.hindrance).toBe('it is closed');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(server.secrets).toHaveLength(1);
    expect(one.told).toEqual([]);
  });
});
