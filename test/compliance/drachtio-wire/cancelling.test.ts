import { describe, expect } from '@jest/globals';
import type { Transport } from '../../../lib/sip/address.ts';
import { calling, hungUp, inside, onStage, talking } from './stage.ts';

describe.each<[Transport, string]>([
  ['udp', '127.48.4'],
  ['tcp', '127.48.5'],
])('giving up by %s', (transport, net) => {
  const holds = onStage(net, { transport });

  holds('R6: CANCEL is taken at once and leaves after a provisional', async (stage) => {
    const { gateway } = stage;
    const { call, invite } = await calling(stage);
    const echo = await call.cancel();
    expect(echo).toMatch(/^CANCEL /);
    expect(gateway.count('CANCEL')).toBe(0);
    gateway.answers(invite, 180);
    const cancel = await gateway.asked('CANCEL');
    expect(cancel.text).toBe(echo);
    expect(cancel.message.via.branch).toBe(invite.message.via.branch);
    gateway.answers(cancel, 200);
    gateway.answers(invite, 487);
    await call.isTold(487);
    await gateway.hears('ACK');
    // The 200 of the CANCEL is told to nobody, the provisional is.
    expect(call.told.map(({ status }) => status)).toEqual([180, 487]);
  });

  holds('R6: 100 lets CANCEL go, too', async (stage) => {
    const { gateway } = stage;
    const { call, invite } = await calling(stage);
    await call.cancel();
    gateway.answers(invite, 100);
    gateway.answers(await gateway.asked('CANCEL'), 200);
    gateway.answers(invite, 487);
    await call.isTold(487);
    expect(call.told.map(({ status }) => status)).toEqual([487]);
  });

  holds('R6: a CANCEL bears what the application adds', async (stage) => {
    const { gateway } = stage;
    const { call, invite } = await calling(stage);
    gateway.answers(invite, 180);
    await call.isTold(180);
    await call.cancel({ headers: { Reason: 'SIP ;cause=200' } });
    const cancel = await gateway.asked('CANCEL');
    expect(cancel.text).toMatch(/\r\nReason: SIP ?;cause=200\r\n/);
    gateway.answers(cancel, 200);
    gateway.answers(invite, 487);
    await call.isTold(487);
  });

  holds('R6: a refusal that crosses CANCEL is the outcome', async (stage) => {
    const { gateway } = stage;
    const { call, invite } = await calling(stage);
    await call.cancel();
    gateway.answers(invite, 486);
    await call.isTold(486);
    await gateway.hears('ACK');
    expect(gateway.count('CANCEL')).toBe(0);
  });

  holds('R6: a CANCEL for what has its answer is answered NOK', async (stage) => {
    const { call, dialog } = await talking(stage);
    await expect(call.cancel()).rejects.toThrow(/cancel/);
    await hungUp(stage, dialog);
    expect(stage.gateway.count('CANCEL')).toBe(0);
  });

  holds('R6: a second CANCEL is answered NOK', async (stage) => {
    const { gateway } = stage;
    const { call, invite } = await calling(stage);
    gateway.answers(invite, 180);
    await call.isTold(180);
    await call.cancel();
    await expect(call.cancel()).rejects.toThrow(/cancel/);
    gateway.answers(await gateway.asked('CANCEL'), 200);
    gateway.answers(invite, 487);
    await call.isTold(487);
    expect(gateway.count('CANCEL')).toBe(1);
  });

  holds(
    'R5: a 200 that crosses CANCEL is told; after its ACK the server hangs up and says so',
    async (stage) => {
      const { gateway, app } = stage;
      const { call, invite } = await calling(stage);
      gateway.answers(invite, 180);
      await call.isTold(180);
      await call.cancel();
      gateway.answers(await gateway.asked('CANCEL'), 200);
      gateway.answers(invite, 200);
      const told = await call.isTold(200);
      await told.acknowledge();
      await gateway.hears('ACK');
      const bye = await gateway.asked('BYE');
      expect(bye.message.uri).toBe(gateway.uri);
      const heard = await app.hears('BYE');
      expect(heard.source).toBe('application');
      expect(heard.stackTxnId).toBe('unsolicited');
      expect(heard.stackDialogId).toBe(told.stackDialogId);
      expect(heard.raw).toBe(bye.text);
      gateway.answers(bye, 200);
      await expect(app.ask(inside(told.stackDialogId ?? '', 'BYE'))).rejects.toThrow(
        /unable to find dialog/,
      );
    },
  );
});
