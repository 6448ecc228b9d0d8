import { describe, expect, test } from '@jest/globals';
import { builtinEngine } from '../../../../lib/engine/builtin/engine.ts';
import { legId, strayId, tagOf } from '../../../../lib/sip/ids.ts';
import { VirtualNetwork } from '../../../support/virtual-network.ts';
import { VirtualWorld } from '../../../support/virtual-world.ts';
import { A, CALLER, callerSays, U } from './peers.ts';
import { LISTENERS, NOTHING, Stage, says } from './stage.ts';

describe('the engine', () => {
  test('the node is told when everything is done, and one thing after the other', async () => {
    const stage = await Stage.open();
    const order: string[] = [];
    stage.node = {
      onInvite: ({ leg }) => {
        order.push('invite');
        stage.engine.answer(leg, says(200));
        stage.engine.hangUp(leg, tagOf('ours'), []);
        stage.callOut();
        order.push('done');
      },
      onLeg: (_, { on }) => {
        order.push(on);
      },
    };
    stage.ringIn();
    expect(order).toEqual(['invite', 'done']);
    expect(stage.caller.summary).toEqual(['100 INVITE', '200 INVITE']);
    stage.gatewayAnswers(100);
    expect(order).toEqual(['invite', 'done', 'trying']);
  });

  test('an error of the node does not keep it from hearing the rest', async () => {
    const stage = await Stage.open();
    stage.node.onInvite = () => {
      throw new Error('a bug of the node');
    };
    expect(() => stage.ringIn()).toThrow('a bug of the node');
    stage.node.onInvite = () => undefined;
    stage.callerSends(callerSays('INVITE', { callId: 'next' }));
    expect(stage.invites).toHaveLength(2);
  });

  test('orders for a leg that is not there are ignored', async () => {
    const { engine, time } = await Stage.open();
    const leg = legId('none');
    engine.ring(leg, says(180));
    engine.answer(leg, says(200));
    engine.reject(leg, says(486));
    engine.cancel(leg, []);
    engine.acknowledge(leg, tagOf('x'), NOTHING);
    engine.hangUp(leg, tagOf('x'), []);
    engine.respond(strayId('none'), 481, 'No', []);
    expect(time.pending).toBe(0);
  });

  test('several calls of one caller are kept apart', async () => {
    const stage = await Stage.open();
    const first = stage.ringIn({ callId: 'one' });
    const second = stage.ringIn({ callId: 'two' });
    expect(first).not.toBe(second);
    stage.engine.answer(first, says(200));
    stage.engine.answer(second, says(200));
    stage.callerSends(callerSays('ACK', { callId: 'two', toTag: 'ours' }), U);
    stage.callerSends(callerSays('BYE', { callId: 'one', toTag: 'ours', cseq: 2 }), U);
    expect(stage.events.map(({ on, leg }) => [on, leg])).toEqual([
      ['acknowledged', second],
      ['hung-up', first],
    ]);
  });

  test('a tap sees every datagram in both directions', async () => {
    const seen: string[] = [];
    const stage = await Stage.open({}, (direction, { role }, far, bytes) => {
      const [start = ''] = bytes.toString('latin1').split(' SIP', 1);
      seen.push(`${direction} ${role} ${far.address} ${start.slice(0, 11)}`);
    });
    stage.ringIn();
    stage.callerSends('\r\n\r\n');
    stage.callOut();
    expect(seen).toEqual([
      'in anycast 203.0.113.7 INVITE sip:',
      'out anycast 203.0.113.7 SIP/2.0 100',
      'in anycast 203.0.113.7 \r\n\r\n',
      'out gateway 10.0.1.31 INVITE sip:',
    ]);
  });

  test('closes with calls up: nothing is heard, sent or due any more', async () => {
    const stage = await Stage.open();
    stage.engine.answer(stage.ringIn(), says(200));
    stage.ringIn({ callId: 'other' });
    stage.talkingB();
    stage.callOut({ leg: legId('b2') });
    stage.engine.cancel(legId('b2'), []);
    stage.gatewayAnswers(180, { tag: 'gw' });
    stage.engine.reject(stage.ringIn({ callId: 'third' }), says(486));
    stage.callerSends(callerSays('BYE', { callId: 'unknown', toTag: 'x' }));
    expect(stage.time.pending).toBeGreaterThan(5);
    await stage.engine.close();
    const heard = stage.caller.heard.length + stage.gateway.heard.length;
    expect(stage.time.pending).toBe(0);
    stage.callerSends(callerSays('INVITE', { callId: 'late' }));
    stage.pass(100_000);
    expect(stage.caller.heard.length + stage.gateway.heard.length).toBe(heard);
    expect(stage.engine.sizes()).toMatchObject({ legs: 0, dialogs: 0, strays: 0 });
  });

  test('opens all listeners or none, and says which one failed', async () => {
    const time = new VirtualWorld(1);
    const network = new VirtualNetwork(time);
    const bind = network.bind.bind(network);
    const datagrams = {
      bind: async (...[local, ears]: Parameters<typeof bind>) =>
        local.address === U.address
          ? ({ kind: 'failed', why: 'EADDRINUSE' } as const)
          : bind(local, ears),
    };
    const ears = {
      onInvite: () => undefined,
      onLeg: () => undefined,
      onStray: () => undefined,
      onFault: () => undefined,
    };
    const engine = builtinEngine({ world: time.world, datagrams, ears });
    expect(await engine.listen(LISTENERS)).toEqual({
      kind: 'failed',
      listener: LISTENERS[1],
      why: 'EADDRINUSE',
    });
    expect(() =>
      network.attach(A, { onDatagram: () => undefined, onSendFailure: () => undefined }),
    ).not.toThrow();
    const [first] = LISTENERS;
    if (first === undefined) throw new Error('there is no listener');
    expect(await engine.listen([{ ...first, transport: 'tls' }])).toMatchObject({
      kind: 'failed',
      why: 'there are no streams here',
    });
    expect(CALLER.port).toBe(5060);
  });
});
