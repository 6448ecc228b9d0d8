import { describe, expect, test } from '@jest/globals';
import { legId, tagOf } from '../../../../lib/sip/ids.ts';
import { A, CALLER, freshBranch, GATEWAY, responds, U } from './peers.ts';
import { NOTHING } from './stage.ts';
import { type Talker, TcpStage, tcpSays } from './tcp-stage.ts';

const EMPTY = {
  legs: 0,
  dialogs: 0,
  serverTransactions: 0,
  clientTransactions: 0,
  strays: 0,
  connections: 0,
};
const CALLS = 300;
const LONG_MS = 2_000_000;

describe('nothing is kept for ever', () => {
  test('when connections break at any moment of a call, in any pieces', async () => {
    const stage = await TcpStage.open();
    const { time, engine, streams } = stage;
    const often = () => time.random() < 0.25;
    stage.answerAt({ address: CALLER.address, port: 5060 });
    stage.answerAt(GATEWAY, stage.atGateway);
    const breaks = (talker: Talker | undefined) => {
      if (often()) talker?.socket?.cut();
      stage.pass(time.random() * 3000);
    };
    for (let count = 0; count < CALLS; count += 1) {
      streams.pieceBytesMax = 1 + Math.floor(time.random() * 200);
      const callId = `call-${count}`;
      const a = stage.connect(A);
      if (often()) a.say('INVITE sip:112@');
      const leg = often() ? undefined : stage.ringIn(a, { callId });
      breaks(a);
      if (leg === undefined) continue;
      stage.answer(leg);
      breaks(a);
      const u = often() ? a : stage.connect(U);
      const parts = { callId, toTag: 'ours' };
      if (!often()) stage.says(u, tcpSays('ACK', { ...parts, branch: freshBranch() }));
      breaks(u);
      if (often()) stage.says(u, tcpSays('BYE', { ...parts, cseq: 2 }));
      else engine.hangUp(leg, tagOf('ours'), []);
      breaks(u);
    }
    // A caller may be gone before its BYE was: then the other side ends the call.
    for (const { leg } of stage.invites) engine.hangUp(leg, tagOf('ours'), []);
    stage.pass(LONG_MS);
    expect(engine.sizes()).toEqual(EMPTY);
    expect(time.pending).toBe(0);
  });

  test('when gateways break, refuse, or are not there', async () => {
    const stage = await TcpStage.open();
    const { time, engine, streams } = stage;
    stage.answerAt(GATEWAY, stage.atGateway);
    for (let count = 0; count < CALLS; count += 1) {
      const isThere = time.random() < 0.7;
      streams.isSilent = () => !isThere;
      const id = stage.callOut({ leg: legId(`b${count}`) });
      stage.pass(time.random() * 100);
      const gateway = stage.atGateway.at(-1);
      if (isThere && gateway?.isClosed === false && gateway.messages.length > 0) {
        const status = time.random() < 0.5 ? 200 : 503;
        stage.says(gateway, responds(gateway.request('INVITE'), status, { tag: 'gw' }));
      }
      if (time.random() < 0.3) gateway?.socket?.cut();
      stage.pass(time.random() * 3000);
      engine.acknowledge(id, tagOf('gw'), NOTHING);
      engine.hangUp(id, tagOf('gw'), []);
      engine.cancel(id, []);
    }
    stage.pass(LONG_MS);
    expect(engine.sizes()).toEqual(EMPTY);
    expect(time.pending).toBe(0);
  });
});
