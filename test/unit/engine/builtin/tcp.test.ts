import { describe, expect, test } from '@jest/globals';
import { legId, tagOf, uriText } from '../../../../lib/sip/ids.ts';
import { A, CALLER, freshBranch, GATEWAY, responds, U } from './peers.ts';
import { NOTHING, octets } from './stage.ts';
import { LISTENERS, TcpStage, tcpSays, UDP_SIDE } from './tcp-stage.ts';

const ack = { toTag: 'ours' };
const CONTACT = { address: CALLER.address, port: 5060 };

describe('a caller on TCP', () => {
  test('in pieces of one byte, has its call and hears of its end', async () => {
    const stage = await TcpStage.open();
    stage.streams.pieceBytesMax = 1;
    const caller = stage.connect();
    const leg = stage.ringIn(caller);
    stage.answer(leg);
    expect(caller.summary).toEqual(['100 INVITE', '200 INVITE']);
    stage.says(caller, tcpSays('ACK', { ...ack, branch: freshBranch() }));
    stage.says(caller, tcpSays('BYE', { ...ack, cseq: 2 }));
    expect(caller.summary.at(-1)).toBe('200 BYE');
    expect(stage.events.map(({ on }) => on)).toEqual(['acknowledged', 'hung-up']);
  });

  test('responses go back on the connection the request came on, whatever its Via says', async () => {
    const stage = await TcpStage.open();
    const elsewhere = stage.answerAt(CONTACT);
    const one = stage.connect();
    const other = stage.connect();
    stage.ringIn(one, { callId: 'one' });
    stage.ringIn(other, { callId: 'other' });
    expect([one.summary, other.summary]).toEqual([['100 INVITE'], ['100 INVITE']]);
    expect(elsewhere).toEqual([]);
  });

  test('if that connection is no longer open, the server SHOULD open a connection to the IP address in the "received" parameter, using the port in the "sent-by" value [3261-18.2.2] [3581-4]', async () => {
    const stage = await TcpStage.open();
    const elsewhere = stage.answerAt(CONTACT);
    const caller = stage.connect();
    const leg = stage.ringIn(caller);
    caller.socket?.cut();
    stage.pass(0);
    stage.answer(leg);
    expect(elsewhere.map(({ summary }) => summary)).toEqual([['200 INVITE']]);
  });

  test('the 2xx is repeated on every transport until its ACK, a refusal is not [3261-17.2.1]', async () => {
    const stage = await TcpStage.open();
    const caller = stage.connect();
    stage.answer(stage.ringIn(caller));
    stage.pass(1600);
    expect(caller.summary.filter((line) => line === '200 INVITE')).toHaveLength(3);
    const refused = stage.ringIn(caller, { callId: 'refused' });
    const no = { status: 486, reason: 'Busy', tag: tagOf('no'), contact: undefined, ...NOTHING };
    stage.engine.reject(refused, no);
    stage.pass(10_000);
    expect(caller.summary.filter((line) => line === '486 INVITE')).toHaveLength(1);
  });

  test('our BYE goes on the connection of its last message in the dialog', async () => {
    const stage = await TcpStage.open();
    const first = stage.connect(A);
    const leg = stage.ringIn(first);
    stage.answer(leg);
    const second = stage.connect(U);
    stage.says(second, tcpSays('ACK', { ...ack, branch: freshBranch() }));
    stage.engine.hangUp(leg, tagOf('ours'), []);
    stage.pass(0);
    expect(first.summary).toEqual(['100 INVITE', '200 INVITE']);
    expect(second.summary).toEqual(['BYE']);
    expect(second.text).toContain('Via: SIP/2.0/TCP 198.51.100.11:5060');
  });

  test('and when that is gone, on a new one to its Contact', async () => {
    const stage = await TcpStage.open();
    const elsewhere = stage.answerAt(CONTACT);
    const caller = stage.connect();
    const leg = stage.ringIn(caller);
    stage.answer(leg);
    stage.says(caller, tcpSays('ACK', { ...ack, branch: freshBranch() }));
    caller.socket?.cut();
    stage.pass(0);
    stage.engine.hangUp(leg, tagOf('ours'), []);
    stage.pass(0);
    expect(elsewhere.map(({ summary }) => summary)).toEqual([['BYE']]);
  });
});

describe('a caller whose connection is at another site', () => {
  async function talking(through: (raw: Buffer) => Promise<boolean>) {
    const stage = await TcpStage.open();
    const elsewhere = stage.answerAt(CONTACT);
    const caller = stage.connect();
    const leg = stage.ringIn(caller);
    stage.answer(leg);
    const [listener] = LISTENERS;
    if (listener === undefined) throw new Error('it does not listen');
    const back: string[] = [];
    stage.engine.takeRelayed({
      raw: Buffer.from(tcpSays('ACK', { ...ack, branch: freshBranch() })),
      listener,
      source: { address: CALLER.address, port: 40_000 },
      from: 's2',
      back: (raw) => back.push(raw.toString()) > 0,
      through,
    });
    return { stage, elsewhere, caller, leg, back };
  }

  test('is asked through that one', async () => {
    const asked: string[] = [];
    const { stage, leg, caller, back } = await talking(
      async (raw) => asked.push(raw.toString()) > 0,
    );
    stage.engine.hangUp(leg, tagOf('ours'), []);
    stage.pass(0);

    expect(asked.map((text) => text.split(' ')[0])).toEqual(['BYE']);
    expect([caller.summary.includes('BYE'), back]).toEqual([false, []]);
  });

  test('is asked at its Contact where that connection is gone', async () => {
    const { stage, leg, elsewhere } = await talking(async () => false);
    stage.engine.hangUp(leg, tagOf('ours'), []);
    await Promise.resolve();
    stage.pass(0);

    expect(elsewhere.map(({ summary }) => summary)).toEqual([['BYE']]);
  });

  test('hears a request of another site on its connection here, and nothing but a request', async () => {
    const stage = await TcpStage.open();
    const caller = stage.connect();
    const [listener] = LISTENERS;
    const source = caller.socket?.near;
    if (listener === undefined || source === undefined) throw new Error('there is no connection');
    const on = (port: number) => ({ listener, source: { ...source, port } });
    const bye = Buffer.from(tcpSays('BYE', { ...ack, cseq: 2 }));

    expect(stage.engine.sendOn(on(source.port), bye)).toBe(true);
    expect(stage.engine.sendOn(on(source.port), Buffer.from('\r\n\r\n'))).toBe(false);
    expect(stage.engine.sendOn(on(1), bye)).toBe(false);
    stage.pass(0);
    expect(caller.summary).toEqual(['BYE']);
    caller.socket?.cut();
    stage.pass(0);
    expect(stage.engine.sendOn(on(source.port), bye)).toBe(false);
  });
});

describe('a gateway on TCP', () => {
  test('gets all its calls on one connection of ours, and nothing twice', async () => {
    const stage = await TcpStage.open();
    stage.answerAt(GATEWAY, stage.atGateway);
    const leg = stage.callOut();
    stage.pass(5000);
    const [gateway] = stage.atGateway;
    expect(gateway?.summary).toEqual(['INVITE']);
    const invite = gateway?.request('INVITE');
    if (gateway === undefined || invite === undefined) throw new Error('nothing came');
    const contact = 'sip:gw@10.0.1.31:5080;transport=tcp';
    stage.says(gateway, responds(invite, 200, { tag: 'gw', contact }));
    stage.engine.acknowledge(leg, tagOf('gw'), NOTHING);
    stage.engine.hangUp(leg, tagOf('gw'), []);
    stage.pass(0);
    expect(gateway.summary).toEqual(['INVITE', 'ACK', 'BYE']);
    expect(stage.atGateway).toHaveLength(1);
    expect(stage.streams.opened[0]).toMatch(/^10\.0\.0\.11:\d+>10\.0\.1\.31:5080$/);
    stage.says(gateway, responds(gateway.request('BYE'), 200));
    stage.pass(40_000);
    expect(stage.engine.sizes()).toMatchObject({ clientTransactions: 0, legs: 0 });
  });

  test('a refusal is acknowledged once and its transaction is over at once', async () => {
    const stage = await TcpStage.open();
    stage.answerAt(GATEWAY, stage.atGateway);
    stage.callOut();
    const [gateway] = stage.atGateway;
    if (gateway === undefined) throw new Error('nothing came');
    stage.says(gateway, responds(gateway.request('INVITE'), 486, { tag: 'gw' }));
    expect(gateway.summary).toEqual(['INVITE', 'ACK']);
    expect(stage.events).toMatchObject([{ on: 'refused', status: 486 }]);
  });

  test.each([
    ['that refuses connections', false, 0],
    ['that does not answer at all, after the time to connect', true, 2000],
  ])('%s is a transport failure', async (_, isSilent, afterMs) => {
    const stage = await TcpStage.open();
    stage.streams.isSilent = () => isSilent;
    stage.callOut();
    stage.pass(5000);
    expect(stage.events).toMatchObject([
      { on: 'refused', status: 503, cause: 'transport', atMs: afterMs },
    ]);
  });

  test('whose connection breaks under a request gets it once more on a new one [3261-17.1.4]', async () => {
    const stage = await TcpStage.open();
    stage.answerAt(GATEWAY, stage.atGateway);
    stage.callOut();
    stage.atGateway[0]?.socket?.cut();
    stage.pass(0);
    expect(stage.atGateway.map(({ summary }) => summary)).toEqual([['INVITE'], ['INVITE']]);
    stage.atGateway[1]?.socket?.cut();
    stage.pass(0);
    expect(stage.events).toMatchObject([{ on: 'refused', cause: 'transport' }]);
    expect(stage.atGateway).toHaveLength(2);
  });

  test('may send its BYE on a connection of its own', async () => {
    const stage = await TcpStage.open();
    stage.answerAt(GATEWAY, stage.atGateway);
    const leg = stage.callOut();
    const invite = stage.atGateway[0]?.request('INVITE');
    if (invite === undefined) throw new Error('nothing came');
    stage.says(stage.atGateway[0] ?? stage.connect(), responds(invite, 200, { tag: 'gw' }));
    stage.engine.acknowledge(leg, tagOf('gw'), NOTHING);
    const own = stage.connect({ address: '10.0.0.11', port: 5060 }, GATEWAY.address);
    const bye = tcpSays('BYE', { callId: 'call-b', fromTag: 'gw', toTag: 'token' });
    stage.says(own, bye);
    expect(own.summary).toEqual(['200 BYE']);
    expect(stage.events.map(({ on }) => on)).toEqual(['answered', 'hung-up']);
  });
});

describe('a gateway on UDP that takes large requests by TCP', () => {
  const listener = { ...UDP_SIDE, transport: 'tcp' } as const;
  const large = { listener, contact: uriText('sip:token@10.0.0.11:5060;transport=tcp') };
  const packetsOf = (stage: TcpStage) => {
    const packets: string[] = [];
    stage.network.onPacket = ({ bytes }) => packets.push(bytes.toString('latin1'));
    return packets;
  };

  test('If a request is larger than 1300 bytes and the path MTU is unknown, the request MUST be sent using a congestion controlled transport protocol, such as TCP. [3261-18.1.1]', async () => {
    const stage = await TcpStage.open();
    const packets = packetsOf(stage);
    stage.answerAt(GATEWAY, stage.atGateway);
    stage.callOut({ listener: UDP_SIDE, large, body: octets('x'.repeat(1300)) });
    expect(packets).toEqual([]);
    expect(stage.atGateway[0]?.summary).toEqual(['INVITE']);
    expect(stage.atGateway[0]?.text).toContain('Via: SIP/2.0/TCP 10.0.0.11:5060');
    expect(stage.atGateway[0]?.text).toContain(';transport=tcp>');
  });

  test('gets what is smaller, and where TCP is not allowed everything, as datagrams', async () => {
    const stage = await TcpStage.open();
    const packets = packetsOf(stage);
    stage.callOut({ leg: legId('small'), listener: UDP_SIDE, large });
    stage.callOut({ leg: legId('no'), listener: UDP_SIDE, body: octets('x'.repeat(1300)) });
    expect(packets.map((text) => text.split(' ')[0])).toEqual(['INVITE', 'INVITE']);
    expect(packets[0]).toContain('Via: SIP/2.0/UDP 10.0.0.11:5060');
    expect(stage.streams.opened).toEqual([]);
  });
});

describe('a message that is too large', () => {
  test('is refused with 413 where its headers could be read, and its stream ends [3261-18.3]', async () => {
    const stage = await TcpStage.open();
    const caller = stage.connect();
    const large = tcpSays('INVITE', { body: 'x'.repeat(70_000) });
    stage.says(caller, large);
    expect(caller.summary).toEqual(['413 INVITE']);
    expect(caller.isClosed).toBe(true);
    expect(stage.invites).toEqual([]);
    const again = stage.connect();
    stage.ringIn(again, { body: 'x'.repeat(60_000) });
    expect(stage.invites[0]?.request.body).toHaveLength(60_000);
  });

  test('a Content-Length that is no number gets 400', async () => {
    const stage = await TcpStage.open();
    const caller = stage.connect();
    stage.says(caller, tcpSays('INVITE').replace('Content-Length: 0', 'Content-Length: many'));
    expect(caller.summary).toEqual(['400 INVITE']);
    expect(caller.isClosed).toBe(true);
  });
});
