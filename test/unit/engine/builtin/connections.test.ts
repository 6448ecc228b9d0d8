import { describe, expect, test } from '@jest/globals';
import { tagOf } from '../../../../lib/sip/ids.ts';
import { A, CALLER, freshBranch, GATEWAY, U } from './peers.ts';
import { TcpStage, tcpSays } from './tcp-stage.ts';

const PING = '\r\n\r\n';
const ack = () => tcpSays('ACK', { toTag: 'ours', branch: freshBranch() });

/** A call that is up, and the connection it lives on. */
async function talking(stage: TcpStage) {
  const caller = stage.connect();
  const leg = stage.ringIn(caller);
  stage.answer(leg);
  stage.says(caller, ack());
  return { caller, leg };
}

describe('keep-alives', () => {
  test('the server MUST respond to a double CRLF with a single CRLF [5626-4.4.1]', async () => {
    const stage = await TcpStage.open();
    const caller = stage.connect();
    stage.says(caller, PING);
    expect(caller.text).toBe('\r\n');
    stage.says(caller, '\r\n');
    expect(caller.text).toBe('\r\n');
  });

  test('a flood of pings in one piece gets one pong', async () => {
    const stage = await TcpStage.open();
    const caller = stage.connect();
    stage.says(caller, PING.repeat(1000));
    expect(caller.text).toBe('\r\n');
  });

  test('a call that is silent is pinged, each connection at a time of its own', async () => {
    const stage = await TcpStage.open({ sweepMs: 100 });
    const { caller } = await talking(stage);
    const other = stage.connect();
    stage.ringIn(other, { callId: 'other' });
    const pings: [number, number] = [0, 0];
    const before = [caller.text.length, other.text.length];
    for (let at = 0; at < 120_000; at += 100) {
      stage.pass(100);
      if (caller.text.length > (before[0] ?? 0) && pings[0] === 0) pings[0] = stage.time.nowMs;
      if (other.text.length > (before[1] ?? 0) && pings[1] === 0) pings[1] = stage.time.nowMs;
    }
    for (const at of pings) {
      expect(at).toBeGreaterThanOrEqual(72_000);
      expect(at).toBeLessThanOrEqual(109_000);
    }
    expect(pings[0]).not.toBe(pings[1]);
  });

  test('who has answered pings and answers no more is dead, and its calls live on', async () => {
    const stage = await TcpStage.open();
    const elsewhere = stage.answerAt({ address: CALLER.address, port: 5060 });
    const { caller, leg } = await talking(stage);
    stage.pass(112_000);
    expect(caller.text.endsWith(PING)).toBe(true);
    stage.says(caller, '\r\n');
    stage.pass(130_000);
    expect(caller.isClosed).toBe(true);
    expect(stage.engine.counts().connections.givenUp.dead).toBe(1);
    stage.engine.hangUp(leg, tagOf('ours'), []);
    stage.pass(0);
    expect(elsewhere[0]?.summary).toEqual(['BYE']);
  });

  test('who never answers a ping is asked three times and keeps its call', async () => {
    const stage = await TcpStage.open();
    const { caller, leg } = await talking(stage);
    stage.pass(24 * 3_600_000);
    expect(caller.text.split(PING).length - 1 - caller.messages.length).toBe(3);
    stage.engine.hangUp(leg, tagOf('ours'), []);
    stage.pass(0);
    expect(caller.summary.at(-1)).toBe('BYE');
  });
});

describe('idle and old connections', () => {
  test('close when they say nothing', async () => {
    const stage = await TcpStage.open();
    const idle = stage.connect();
    stage.pass(70_000);
    expect(idle.isClosed).toBe(true);
    expect(stage.engine.sizes().connections).toBe(0);
    expect(stage.time.pending).toBe(0);
  });

  test('close when a message comes byte by byte and is not whole in time', async () => {
    const stage = await TcpStage.open();
    const caller = stage.connect();
    stage.says(caller, tcpSays('OPTIONS'));
    for (let second = 0; second < 28; second += 1) {
      stage.says(caller, 'x');
      stage.pass(1000);
    }
    expect(caller.isClosed).toBe(false);
    stage.pass(8000);
    expect(caller.isClosed).toBe(true);
    expect(stage.engine.counts().connections.givenUp.late).toBe(1);
  });

  test('close when they begin a message and do not end it', async () => {
    const stage = await TcpStage.open();
    const caller = stage.connect();
    stage.says(caller, tcpSays('OPTIONS'));
    stage.says(caller, 'INVITE sip:112@');
    stage.pass(40_000);
    expect(caller.isClosed).toBe(true);
  });

  test('close after ten minutes without a call, also when we opened them', async () => {
    const stage = await TcpStage.open();
    stage.answerAt(GATEWAY, stage.atGateway);
    stage.callOut();
    const caller = stage.connect();
    stage.says(caller, tcpSays('OPTIONS'));
    stage.pass(500_000);
    expect([caller.isClosed, stage.atGateway[0]?.isClosed]).toEqual([false, false]);
    stage.pass(200_000);
    expect([caller.isClosed, stage.atGateway[0]?.isClosed]).toEqual([true, true]);
  });

  test('stay as long as a call or a transaction needs them', async () => {
    const stage = await TcpStage.open();
    const { caller } = await talking(stage);
    const ringing = stage.connect();
    stage.ringIn(ringing, { callId: 'ringing' });
    stage.pass(30 * 3_600_000);
    expect([caller.isClosed, ringing.isClosed]).toEqual([false, false]);
    stage.says(caller, tcpSays('BYE', { toTag: 'ours', cseq: 2 }));
    stage.pass(700_000);
    expect([caller.isClosed, ringing.isClosed]).toEqual([true, false]);
  });
});

const NONE = { 'per-second': 0, 'in-all': 0, 'per-source': 0, outgoing: 0 };

describe('limits', () => {
  test('per source: one source takes no room from others', async () => {
    const stage = await TcpStage.open({ connectionsPerSourceMax: 2 });
    const three = [stage.connect(), stage.connect(), stage.connect()];
    expect(three.map(({ isClosed }) => isClosed)).toEqual([false, false, true]);
    expect(stage.connect(A, '203.0.113.8').isClosed).toBe(false);
    three[0]?.socket?.cut();
    stage.pass(0);
    expect(stage.connect().isClosed).toBe(false);
    expect(stage.engine.counts().connections.refused).toEqual({ ...NONE, 'per-source': 1 });
  });

  test('in total, and what we open is not counted in it', async () => {
    const stage = await TcpStage.open({ connectionsMax: 1 });
    stage.answerAt(GATEWAY, stage.atGateway);
    await talking(stage);
    expect(stage.connect(A, '203.0.113.8').isClosed).toBe(true);
    stage.callOut();
    expect(stage.atGateway[0]?.summary).toEqual(['INVITE']);
    expect(stage.engine.counts().connections.refused).toEqual({ ...NONE, 'in-all': 1 });
  });

  test('what there is is counted by listener and by who opened it', async () => {
    const stage = await TcpStage.open();
    stage.answerAt(GATEWAY, stage.atGateway);
    for (const to of [A, A, U]) stage.connect(to);
    stage.callOut();
    const some = stage.engine.connectionsNow().filter(({ count }) => count > 0);
    expect(some).toEqual([
      { role: 'anycast', direction: 'in', count: 2 },
      { role: 'unicast', direction: 'in', count: 1 },
      { role: 'gateway', direction: 'out', count: 1 },
    ]);
  });

  test('per second', async () => {
    const stage = await TcpStage.open({ acceptsPerSecMax: 5 });
    const six = [0, 1, 2, 3, 4, 5].map(() => stage.connect());
    expect(six.findIndex(({ isClosed }) => isClosed)).toBe(5);
    stage.pass(1000);
    expect(stage.connect().isClosed).toBe(false);
    expect(stage.engine.counts().connections.refused).toEqual({ ...NONE, 'per-second': 1 });
  });

  test('of what we open: no room is a transport failure', async () => {
    const stage = await TcpStage.open({ outgoingMax: 0 });
    stage.callOut();
    expect(stage.events).toMatchObject([{ on: 'refused', cause: 'transport' }]);
    expect(stage.engine.counts().connections.refused).toEqual({ ...NONE, outgoing: 1 });
  });

  test('of what we open toward callers who are gone: the gateways keep their half', async () => {
    const stage = await TcpStage.open({ outgoingMax: 4 });
    stage.streams.isSilent = ({ address }) => address.startsWith('203.0.113.');
    stage.answerAt(GATEWAY, stage.atGateway);
    for (let count = 0; count < 10; count += 1) {
      const caller = stage.connect(A, `203.0.113.${count}`);
      const leg = stage.ringIn(caller, { callId: `gone-${count}` });
      caller.socket?.cut();
      stage.pass(0);
      stage.answer(leg);
    }
    expect(stage.engine.sizes().connections).toBe(2);
    stage.callOut();
    expect(stage.atGateway[0]?.summary).toEqual(['INVITE']);
  });

  test('a slow reader loses its connection and keeps its call', async () => {
    const stage = await TcpStage.open({ waitingBytesMax: 2000 });
    const elsewhere = stage.answerAt({ address: CALLER.address, port: 5060 });
    const { caller, leg } = await talking(stage);
    stage.streams.deafen(CALLER.address);
    for (let count = 0; count < 20; count += 1) stage.says(caller, tcpSays('OPTIONS'));
    expect(caller.isClosed).toBe(true);
    expect(stage.engine.counts().connections.givenUp['slow-reader']).toBe(1);
    stage.engine.hangUp(leg, tagOf('ours'), []);
    stage.pass(0);
    expect(elsewhere.flatMap(({ summary }) => summary)).toContain('BYE');
  });
});
