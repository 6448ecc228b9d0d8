import { describe, expect, test } from '@jest/globals';
import { type Address, sameAddress } from '../../../../lib/sip/address.ts';
import { header } from '../../../../lib/sip/header-names.ts';
import { tagOf, uriText } from '../../../../lib/sip/ids.ts';
import { A, B, CALLER, callerSays, responds, U } from './peers.ts';
import { Stage, says } from './stage.ts';

/** Doubling from T1 to T2, for 64*T1. */
const REPEATED_AT_MS = [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];

describe('hanging up on the caller', () => {
  test('A BYE request is constructed as would any other request within a dialog [3261-15.1.1]', async () => {
    const stage = await Stage.open();
    const leg = stage.talkingA({ headers: ['Record-Route: <sip:evil.example;lr>'] });
    stage.engine.hangUp(leg, tagOf('ours'), [header('Reason', 'SIP;cause=200')]);
    stage.pass(0);
    expect(stage.caller.summary.at(-1)).toBe('BYE');
    expect(stage.caller.last().from).toEqual(U);
    expect(stage.caller.last().text.split('\r\n')).toEqual([
      'BYE sip:phone@203.0.113.7:5060 SIP/2.0',
      expect.stringMatching(
        /^Via: SIP\/2\.0\/UDP 198\.51\.100\.11:5060;branch=z9hG4bKours\.\w+;rport$/,
      ),
      'Max-Forwards: 70',
      'Route: <sip:evil.example;lr>',
      'From: <sip:112@192.0.2.112>;tag=ours',
      'To: "A" <sip:+4670@op.example>;tag=caller',
      'Call-ID: call-a',
      'CSeq: 1 BYE',
      'Reason: SIP;cause=200',
      'Content-Length: 0',
      '',
      '',
    ]);
    stage.callerSends(responds(stage.caller.request('BYE'), 200), U);
    stage.pass(100_000);
    expect(stage.caller.summary.filter((word) => word === 'BYE')).toHaveLength(1);
    expect(stage.told).toEqual(['acknowledged']);
  });

  test("the callee's UA MUST NOT send a BYE on a confirmed dialog until it has received an ACK for its 2xx response or until the server transaction times out. [3261-15]", async () => {
    const stage = await Stage.open();
    const leg = stage.ringIn();
    stage.engine.answer(leg, says(200));
    stage.engine.hangUp(leg, tagOf('ours'), []);
    stage.pass(700);
    expect(stage.caller.summary).not.toContain('BYE');
    stage.callerSends(callerSays('ACK', { toTag: 'ours' }), U);
    expect(stage.caller.summary.at(-1)).toBe('BYE');

    const silent = await Stage.open();
    const other = silent.ringIn();
    silent.engine.answer(other, says(200));
    silent.engine.hangUp(other, tagOf('ours'), []);
    silent.pass(31_999);
    expect(silent.caller.summary).not.toContain('BYE');
    silent.pass(1);
    expect(silent.caller.summary.at(-1)).toBe('BYE');
    expect(silent.told).toEqual(['unacknowledged']);
  });

  test("the callee's UA MUST NOT send a BYE on early dialogs. [3261-15]", async () => {
    const stage = await Stage.open();
    const leg = stage.ringIn();
    stage.engine.ring(leg, says(180));
    stage.engine.hangUp(leg, tagOf('ours'), []);
    stage.engine.hangUp(leg, tagOf('unheard-of'), []);
    stage.pass(1000);
    expect(stage.caller.summary).toEqual(['100 INVITE', '180 INVITE']);
  });

  test('a BYE without an answer is repeated, after 2 s also from the address that was dialled, and given up', async () => {
    const stage = await Stage.open();
    stage.engine.hangUp(stage.talkingA(), tagOf('ours'), []);
    stage.pass(200_000);
    const byes = stage.caller.heard.filter(({ message }) => message.kind === 'request');
    const from = (at: Address) =>
      byes.filter((bye) => sameAddress(bye.from, at)).map(({ atMs }) => atMs);
    expect(from(U)).toEqual(REPEATED_AT_MS);
    expect(from(A)).toEqual(REPEATED_AT_MS.map((atMs) => atMs + 2000));
    expect(byes[3]?.message.cseq.number).toBe(2);
    expect(stage.engine.sizes()).toMatchObject({ legs: 0, clientTransactions: 0 });
  });

  test('a BYE that crosses ours gets 200 and is not told', async () => {
    const stage = await Stage.open();
    stage.engine.hangUp(stage.talkingA(), tagOf('ours'), []);
    stage.callerSends(callerSays('BYE', { toTag: 'ours', cseq: 2 }), U);
    expect(stage.caller.summary.at(-1)).toBe('200 BYE');
    expect(stage.told).toEqual(['acknowledged']);
  });
});

describe('the way to the caller', () => {
  const byeSource = (stage: Stage) => {
    stage.pass(0);
    expect(stage.caller.summary.at(-1)).toBe('BYE');
    return stage.caller.last().from;
  };

  test('goes from where the ACK came to, to where it came from', async () => {
    const stage = await Stage.open();
    const leg = stage.ringIn();
    stage.engine.answer(leg, says(200));
    const behindNat = { address: '203.0.113.99', port: 40_001 };
    const heard: string[] = [];
    const socket = stage.network.attach(behindNat, {
      onDatagram: (bytes) => void heard.push(bytes.toString('latin1').slice(0, 3)),
      onSendFailure: () => undefined,
    });
    socket.send(Buffer.from(callerSays('ACK', { toTag: 'ours' }), 'latin1'), U);
    stage.pass(0);
    stage.engine.hangUp(leg, tagOf('ours'), []);
    stage.pass(0);
    expect(heard).toEqual(['BYE']);
  });

  test('leaves from A for a phone that ignores Contact', async () => {
    const stage = await Stage.open();
    const leg = stage.ringIn();
    stage.engine.answer(leg, says(200));
    stage.callerSends(callerSays('ACK', { toTag: 'ours' }), A);
    stage.engine.hangUp(leg, tagOf('ours'), []);
    expect(byeSource(stage)).toEqual(A);
  });

  test('without an ACK leaves from the listener that Contact names', async () => {
    const stage = await Stage.open();
    const leg = stage.ringIn();
    stage.engine.answer(leg, says(200));
    stage.engine.hangUp(leg, tagOf('ours'), []);
    stage.pass(32_000);
    expect(byeSource(stage)).toEqual(U);
  });

  test.each(['sip:token@elsewhere.example', 'sip:token@198.51.100.11:5999', 'tel:+46'])(
    'without an ACK leaves from where the INVITE came to, where Contact is %s',
    async (contact) => {
      const stage = await Stage.open();
      const leg = stage.ringIn();
      stage.engine.answer(leg, says(200, { contact: uriText(contact) }));
      stage.engine.hangUp(leg, tagOf('ours'), []);
      stage.pass(32_000);
      expect(byeSource(stage)).toEqual(A);
    },
  );

  test('moves with a newer request, and not with an old one', async () => {
    const stage = await Stage.open();
    const leg = stage.talkingA();
    stage.callerSends(callerSays('OPTIONS', { toTag: 'ours', cseq: 5 }), A);
    stage.callerSends(callerSays('OPTIONS', { toTag: 'ours', cseq: 4 }), U);
    expect(stage.caller.summary.slice(-2)).toEqual(['200 OPTIONS', '500 OPTIONS']);
    stage.callerSends(callerSays('OPTIONS', { toTag: 'ours', cseq: 5 }), U);
    stage.engine.hangUp(leg, tagOf('ours'), []);
    expect(byeSource(stage)).toEqual(A);
  });

  test('does not depend on a Route, an R-URI or a maddr of the caller', async () => {
    const stage = await Stage.open();
    const seen = new Set<string>();
    stage.network.onPacket = ({ to }) => seen.add(to.address);
    const leg = stage.talkingA({
      uri: 'sip:112@10.66.6.1;maddr=10.66.6.2',
      via: 'SIP/2.0/UDP 10.66.6.3;branch=z9hG4bKevil;rport;maddr=10.66.6.4;received=10.66.6.5',
      headers: ['Route: <sip:10.66.6.6;lr>', 'Record-Route: <sip:10.66.6.7;lr>'],
    });
    stage.engine.hangUp(leg, tagOf('ours'), []);
    stage.pass(1000);
    expect([...seen].toSorted()).toEqual([U.address, A.address, CALLER.address].toSorted());
    expect(B.address).not.toBe(A.address);
  });
});
