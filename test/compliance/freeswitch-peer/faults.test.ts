import { createConnection, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { until } from '../../support/until.ts';
import { type Ear, openEar } from './ear.ts';
import type { MediaServer } from './fsmrf.ts';
import { type Lab, openLab, SECRET } from './lab.ts';

jest.setTimeout(15_000);

describe('what goes wrong at the peer of FreeSWITCH', () => {
  let lab: Lab;
  let ear: Ear;
  beforeEach(async () => {
    // What drachtio-fsmrf writes there is not asked for.
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
    jest.spyOn(console, 'info').mockImplementation(() => undefined);
    lab = await openLab('127.62.2');
    ear = await openEar('127.62.2.4', 'PCMU');
  });
  afterEach(async () => {
    await lab.close();
    ear.close();
  });

  const endpointAt = (server: MediaServer) => server.createEndpoint({ remoteSdp: ear.sdp });
  const noneLeft = () => until('no channel', () => lab.peer.channels().length === 0);

  test('whoever is not on the list is turned away', async () => {
    lab.peer.faults.turnsAway = true;

    // The library would never stop to try again, and nothing can be told to.
    const heard = await sayTo(lab, []);

    expect(heard).toContain(
      'Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied',
    );
    expect(heard).not.toContain('auth/request');
  });

  test('a wrong secret is answered and hung up on', async () => {
    const heard = await sayTo(lab, ['auth wrong']);

    expect(heard).toContain('Reply-Text: -ERR invalid\n');
    expect(heard).toContain('See you at ClueCon!');
  });

  test('speaks of no profile', async () => {
    lab.peer.faults.hasNoProfile = true;

    const heard = await sayTo(lab, [`auth ${SECRET}`, 'api sofia status', 'exit']);

    expect(heard).toContain('0 profiles 0 aliases');
    expect(heard).not.toContain('mod_sofia@');
  });

  test('the socket of a call never comes, and the library ends the call after 4 s', async () => {
    const server = await lab.connect();
    lab.peer.faults.outboundSocket = 'never';

    await expect(endpointAt(server)).rejects.toThrow('Connection timeout');

    await noneLeft();
  });

  test('the socket of a call comes late', async () => {
    const server = await lab.connect();
    lab.peer.faults.outboundSocket = { afterMs: 500 };
    const before = performance.now();

    const endpoint = await endpointAt(server);

    expect(performance.now() - before).toBeGreaterThan(480);
    await endpoint.destroy();
    await noneLeft();
  });

  test('an INVITE is refused', async () => {
    const server = await lab.connect();
    lab.peer.faults.invite = { status: 503 };

    await expect(endpointAt(server)).rejects.toMatchObject({ status: 503 });

    expect(lab.peer.channels()).toEqual([]);
  });

  test('a peer that is another process is told by a command what shall go wrong', async () => {
    const server = await lab.connect();

    expect(await server.api('peer_fault invite 486')).toBe('+OK\n');
    await expect(endpointAt(server)).rejects.toMatchObject({ status: 486 });
    expect(await server.api('peer_fault invite answer')).toBe('+OK\n');
    expect(await server.api('peer_fault outboundSocket after 300')).toBe('+OK\n');
    expect(lab.peer.faults).toMatchObject({ invite: 'answer', outboundSocket: { afterMs: 300 } });
    expect(await server.api('peer_fault outboundSocket soon')).toContain('-ERR');
  });

  test('an INVITE is never answered', async () => {
    const server = await lab.connect();
    lab.peer.faults.invite = 'silence';
    const settled = jest.fn();
    const call = endpointAt(server).then(settled, settled);

    await expect(Promise.race([call, pause(600)])).resolves.toBe('nothing');

    expect(settled).not.toHaveBeenCalled();
    expect(lab.peer.channels()).toEqual([]);
  });

  test('the event socket is cut, comes again, and calls stay', async () => {
    const server = await lab.connect();
    const endpoint = await endpointAt(server);
    const lost = jest.fn();
    server.on('end', lost);

    lab.peer.dropClients();

    await until('the end', () => lost.mock.calls.length > 0);
    await until('another connection', () => server.connected());
    await until('its secret', async () => {
      const told = await Promise.race([server.api('sofia status'), pause(200)]);
      return told.includes('RUNNING (1)');
    });
    expect(endpoint.connected).toBe(true);
    await endpoint.destroy();
    await noneLeft();
  });

  test('the socket of a call is cut, and the call is over', async () => {
    const server = await lab.connect();
    const endpoint = await endpointAt(server);
    const gone = jest.fn();
    endpoint.on('destroy', gone);

    lab.peer.dropSocketOf(endpoint.uuid);

    await until('the end', () => gone.mock.calls.length > 0);
    await noneLeft();
  });

  test('it hangs, and what was asked meanwhile is answered when it goes on', async () => {
    const server = await lab.connect();
    const endpoint = await endpointAt(server);
    lab.peer.hang();
    const call = endpointAt(server);
    const status = server.api('sofia status');

    await expect(Promise.race([call, status, pause(600)])).resolves.toBe('nothing');

    lab.peer.goOn();
    expect(await status).toContain('drachtio_mrf');
    const other = await call;
    await Promise.all([endpoint.destroy(), other.destroy()]);
    await noneLeft();
  });

  test('while it hangs nothing is sent of what is played', async () => {
    const server = await lab.connect();
    const endpoint = await endpointAt(server);
    const played = endpoint.play('tone_stream://%(400,0,440)');
    await until('some of it', () => ear.count > 2);
    lab.peer.hang();
    await pause(50);
    ear.packets();

    await pause(200);

    expect(ear.count).toBe(0);
    lab.peer.goOn();
    await played;
    await endpoint.destroy();
  });
});

function pause(ms: number): Promise<'nothing'> {
  return new Promise((resolve) => {
    setTimeout(() => resolve('nothing'), ms);
  });
}

/** Says that to the event socket and gives back what it hears until the end. */
async function sayTo({ peer }: Lab, lines: readonly string[]): Promise<string> {
  const socket: Socket = createConnection({ host: peer.events.address, port: peer.events.port });
  for (const line of lines) socket.write(`${line}\n\n`);
  let heard = '';
  socket.on('data', (chunk) => {
    heard += chunk.toString();
  });
  await new Promise((resolve) => {
    socket.once('close', resolve);
  });
  return heard;
}
