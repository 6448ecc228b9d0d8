import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect } from '@jest/globals';
import type { Told } from './app.ts';
import { calling, hungUp, inside, inviteOf, NEW_SDP, onStage, settled, talking } from './stage.ts';
import { isReal } from './subject.ts';

/** A server of its own repeats an INVITE after a second, whatever its timers are. */
const TIMES = isReal ? 20 : 50;

describe('silence by udp', () => {
  const holds = onStage('127.48.11', { times: TIMES });

  holds('R12: an INVITE that nobody answers comes to 408', async (stage) => {
    const { call } = await calling(stage);
    const told = await call.isTold(408);
    isMadeUp(told);
    expect(told.stackTxnId).toBe(call.sent.stackTxnId);
    expect(told.raw).toMatch(/\r\nTo: .*;tag=/);
    expect(stage.gateway.count('INVITE')).toBeGreaterThan(1);
  });

  holds('R12: a request in a dialog that nobody answers comes to 408', async (stage) => {
    const { gateway, app } = stage;
    const { dialog } = await talking(stage);
    const info = await app.ask(inside(dialog, 'INFO'));
    const told = await info.isTold(408);
    isMadeUp(told);
    expect(told.stackDialogId).toBe(dialog);
    expect(gateway.count('INFO')).toBeGreaterThan(1);
    await hungUp(stage, dialog);
  });

  holds('R12: a re-INVITE that nobody answers comes to 408', async (stage) => {
    const { app } = stage;
    const { dialog } = await talking(stage);
    const reInvite = await app.ask(inside(dialog, 'INVITE', { body: NEW_SDP }));
    await reInvite.isTold(408);
    await hungUp(stage, dialog);
  });

  holds('R12: a BYE that nobody answers comes to 408 and ends the dialog', async (stage) => {
    const { app } = stage;
    const { dialog } = await talking(stage);
    const bye = await app.ask(inside(dialog, 'BYE'));
    await bye.isTold(408);
    await expect(app.ask(inside(dialog, 'BYE'))).rejects.toThrow(/unable to find dialog/);
  });

  holds('R6: a CANCEL that nothing lets go comes to 408, too', async (stage) => {
    const { call } = await calling(stage);
    await call.cancel();
    isMadeUp(await call.isTold(408));
    expect(stage.gateway.count('CANCEL')).toBe(0);
  });

  holds(
    'R6: of a CANCEL that is all there is after 180 nobody is told the outcome [stock]',
    async (stage) => {
      const { call, invite } = await calling(stage);
      stage.gateway.answers(invite, 180);
      await call.isTold(180);
      await call.cancel();
      await stage.gateway.hears('CANCEL');
      await pause((2 * 32_000) / TIMES);
      expect(call.told.map(({ status }) => status)).toEqual([180]);
    },
  );

  holds('R12: a 200 after 408 is dropped', async (stage) => {
    const { call, invite } = await calling(stage);
    await call.isTold(408);
    stage.gateway.answers(invite, 200);
    await settled(stage);
    expect(stage.gateway.count('ACK')).toBe(0);
    expect(call.told.map(({ status }) => status)).toEqual([408]);
  });

  holds('R12: a datagram that the system does not send comes to 503', async (stage) => {
    const proxy = 'sip:127.255.255.255:5080';
    isMadeUp(await (await stage.app.ask(inviteOf(stage, { proxy }))).isTold(503));
  });

  if (isReal) {
    holds('R12: a datagram that nobody takes comes to 503', async (stage) => {
      const { app, gateway } = stage;
      await gateway.close();
      isMadeUp(await (await app.ask(inviteOf(stage))).isTold(503));
    });
  } else {
    leftOut('the peer hears no ICMP: Node tells a socket without a far end of none');
  }

  if (isReal) {
    leftOut('a BYE that its application does not answer: drachtio-server waits 32 s, always');
  } else {
    holds(
      'R13: a BYE of the gateway that the application does not answer gets 500',
      async (stage) => {
        const { app, gateway } = stage;
        const { invite } = await talking(stage);
        gateway.asks(invite, 'BYE', { cseq: 1 });
        await app.hears('BYE');
        await gateway.hears('500 BYE');
      },
    );
  }
});

describe('silence by tcp', () => {
  const holds = onStage('127.48.12', { times: TIMES, transport: 'tcp' });

  holds('R12: a connection that is refused comes to 503', async (stage) => {
    const { app, gateway } = stage;
    await gateway.close();
    const call = await app.ask(inviteOf(stage));
    isMadeUp(await call.isTold(503));
  });

  holds('R12: an INVITE that nobody answers comes to 408', async (stage) => {
    const { call } = await calling(stage);
    isMadeUp(await call.isTold(408));
    expect(stage.gateway.count('INVITE')).toBe(1);
  });

  holds('R12: of a connection that breaks while it rings nobody is told [stock]', async (stage) => {
    const { call, invite } = await calling(stage);
    stage.gateway.answers(invite, 180);
    await call.isTold(180);
    await stage.gateway.close();
    await pause(500);
    expect(call.told.map(({ status }) => status)).toEqual([180]);
  });
});

/** A response of the server's own has a Via, too; only what it came from tells. */
function isMadeUp(told: Told): void {
  const { source, source_address: address, source_port: port, raw } = told;
  expect({ source, address, port }).toEqual({ source: 'network', address: '', port: 0 });
  expect(raw).toMatch(/\r\nVia: SIP\/2.0\//);
}

function leftOut(why: string): void {
  afterAll(() => console.info(`left out: ${why}`));
}
