import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { readWav } from '../../fakes/freeswitch-peer/wav.ts';
import { audioOf, sdpOf } from '../../support/rtp-peer.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { secondsOfTone, toneFile } from '../../support/tone.ts';
import { until } from '../../support/until.ts';
import { type Ear, openEar } from './ear.ts';
import type { Endpoint, MediaServer } from './fsmrf.ts';
import { type Lab, openLab } from './lab.ts';

const folder = tempFolder('freeswitch-peer');
const FILE = join(folder.path, 'tone.wav');
writeFileSync(FILE, toneFile(440, 1));

describe('drachtio-fsmrf at the peer of FreeSWITCH', () => {
  let lab: Lab;
  let server: MediaServer;
  let caller: Ear;
  let callee: Ear;
  beforeAll(async () => {
    lab = await openLab('127.62.1');
    server = await lab.connect();
    caller = await openEar('127.62.1.4', 'PCMA');
    callee = await openEar('127.62.1.5', 'PCMU');
  });
  beforeEach(() => {
    caller.packets();
    callee.packets();
  });
  afterAll(async () => {
    await lab.close();
    caller.close();
    callee.close();
    folder.remove();
  });

  const endpointOf = (ear: Ear) => server.createEndpoint({ remoteSdp: ear.sdp });
  const noneLeft = () => until('no channel', () => lab.peer.channels().length === 0);

  test('finds the profile, and hears how many sessions there may be', async () => {
    await until('a heartbeat', () => server.maxSessions === 1000);

    expect(server.sip.ipv4.udp.address).toBe('127.62.1.1:5060');
  });

  test('an endpoint has the law of the offer, and destroying it leaves no channel', async () => {
    const endpoint = await endpointOf(caller);
    expect(endpoint.dialog.remote.sdp).toContain('RTP/AVP 8\r\n');
    expect(lab.peer.channels().map(({ id }) => id)).toEqual([endpoint.uuid]);

    await endpoint.destroy();

    await noneLeft();
  });

  test('a file is played as long as it is and as loud as it is', async () => {
    const endpoint = await endpointOf(caller);

    const played = await endpoint.play(FILE);

    expect(played.playbackMilliseconds).toBe('1000');
    expect(caller.tone(440)).toBeCloseTo(1, 1);
    await endpoint.destroy();
  });

  test('a file that is missing is told at once, and nothing is sent', async () => {
    const endpoint = await endpointOf(caller);

    await expect(endpoint.play(join(folder.path, 'none.wav'))).rejects.toThrow('File Not Found');

    expect(caller.packets()).toBe(0);
    await endpoint.destroy();
  });

  test('a tone has its length and its pause, so many times', async () => {
    const endpoint = await endpointOf(caller);

    const played = await endpoint.play('tone_stream://%(300,200,880);loops=2');

    expect(played.playbackLastOffsetPos).toBe('8000');
    expect(caller.tone(880)).toBeCloseTo(0.6, 1);
    await endpoint.destroy();
  });

  test('uuid_break ends all that is played, also what was interrupted', async () => {
    const endpoint = await endpointOf(caller);
    const first = endpoint.play('tone_stream://%(1000,0,440);loops=-1');
    const second = endpoint.play('tone_stream://%(1000,0,880);loops=-1');
    await until('both', () => caller.count > 20);

    await endpoint.api('uuid_break', [endpoint.uuid]);

    await Promise.all([first, second]);
    await endpoint.destroy();
  });

  test('a second file is played at once, and the first one goes on behind it', async () => {
    const endpoint = await endpointOf(caller);
    const order: string[] = [];
    const first = endpoint.play(FILE).then(() => void order.push('first'));
    await until('the first tone', () => caller.count > 5);
    const second = endpoint
      .play('tone_stream://%(200,0,880)')
      .then(() => void order.push('second'));

    await Promise.all([first, second]);

    expect(order).toEqual(['second', 'first']);
    await endpoint.destroy();
  });

  test('without an offer it makes one, and modify says where to send', async () => {
    const endpoint = await server.createEndpoint({});
    expect(endpoint.local.sdp.match(/^m=audio/gm)).toHaveLength(2);

    await endpoint.modify(callee.sdp);

    expect(endpoint.remote.mediaPort).toBe(String(callee.at.port));
    await endpoint.play(FILE);
    expect(callee.tone(440)).toBeCloseTo(1, 1);
    await endpoint.destroy();
  });

  test('a re-INVITE moves the media, and holds it', async () => {
    const endpoint = await endpointOf(caller);
    await endpoint.modify(callee.sdp);
    await endpoint.play('tone_stream://%(200,0,880)');
    expect([caller.packets(), callee.tone(880)]).toEqual([0, expect.closeTo(0.2, 1)]);

    const held = await endpoint.modify(sdpOf({ at: callee.at, version: 2, more: ['a=sendonly'] }));

    expect(held).toContain('a=recvonly');
    await endpoint.play('tone_stream://%(200,0,880)');
    expect(callee.packets()).toBe(0);
    await endpoint.destroy();
  });

  test('a bridge passes audio both ways between the two laws', async () => {
    const [one, other] = await bridged();

    await Promise.all([
      caller.hum(one.dialog.remote.sdp, 440, 1),
      callee.hum(other.dialog.remote.sdp, 880, 1),
    ]);

    expect(callee.tone(440)).toBeGreaterThan(0.8);
    expect(caller.tone(880)).toBeGreaterThan(0.8);
    await one.unbridge();
    await caller.hum(one.dialog.remote.sdp, 440, 0.1);
    expect(callee.tone(440)).toBe(0);
    await Promise.all([one.destroy(), other.destroy()]);
    await noneLeft();
  });

  test('the end of one takes the other along, unless that shall park', async () => {
    const [one, other] = await bridged();
    await one.destroy();
    await noneLeft();
    expect(other.connected).toBe(false);

    const [third, fourth] = await bridged();
    await fourth.set('park_after_bridge', 'true');
    await third.destroy();

    expect(lab.peer.channels().map(({ id }) => id)).toEqual([fourth.uuid]);
    await fourth.destroy();
  });

  test('what was heard is recorded', async () => {
    const path = join(folder.path, 'recorded.wav');
    const endpoint = await endpointOf(caller);
    await endpoint.recordSession(path);

    await caller.hum(endpoint.dialog.remote.sdp, 440, 0.5);
    await endpoint.api('uuid_record', [endpoint.uuid, 'stop', path]);

    expect(typeof readWav(readFileSync(path))).toBe('object');
    expect(secondsOfTone(readFileSync(path), 440)).toBeGreaterThan(0.3);
    await endpoint.destroy();
  });

  test('a BYE ends the endpoint, and a variable says where its audio was', async () => {
    const endpoint = await endpointOf(caller);
    const variables = await endpoint.getChannelVariables(true);
    const { port } = audioOf(endpoint.dialog.remote.sdp);
    expect(variables['variable_local_media_port']).toBe(String(port));
    const gone = jest.fn();
    endpoint.on('destroy', gone);

    await endpoint.dialog.destroy();

    await until('the end', () => gone.mock.calls.length > 0);
    await noneLeft();
  });

  async function bridged(): Promise<[Endpoint, Endpoint]> {
    const one = await endpointOf(caller);
    const other = await endpointOf(callee);
    await one.bridge(other);
    await until('the bridge', () =>
      lab.peer.channels().every((channel) => channel.bridgedWith !== undefined),
    );
    return [one, other];
  }
});
