import { describe, expect } from '@jest/globals';
import { calling, hungUp, inside, NEW_SDP, onStage, settled, talking } from './stage.ts';

describe('a call that goes otherwise', () => {
  const holds = onStage('127.48.14');

  holds(
    'R4: UPDATE before the answer is told with the transaction of the INVITE',
    async (stage) => {
      const { gateway, app } = stage;
      const { call, invite } = await calling(stage);
      gateway.answers(invite, 180);
      const { stackDialogId } = await call.isTold(180);
      gateway.asks(invite, 'UPDATE', { cseq: 1 });
      const update = await call.isAsked();
      expect(update.stackTxnId).toBe(call.sent.stackTxnId);
      expect(update.stackDialogId).toBe(stackDialogId);
      await update.answer(504);
      await gateway.hears('504 UPDATE');
      gateway.answers(invite, 486);
      await call.isTold(486);
      expect(app.heard).toEqual([]);
    },
  );

  holds(
    'R13: any other request before the answer is taken as one without a dialog [stock]',
    async (stage) => {
      const { gateway, app } = stage;
      const { call, invite } = await calling(stage);
      gateway.answers(invite, 180);
      await call.isTold(180);
      gateway.asks(invite, 'INFO', { cseq: 1 });
      await gateway.hears('503 INFO');
      gateway.answers(invite, 486);
      await call.isTold(486);
      expect(app.heard).toEqual([]);
    },
  );

  holds(
    'R12: a BYE before the answer gets 481, and nobody is told how the call ends [stock]',
    async (stage) => {
      const { gateway, app } = stage;
      const { call, invite } = await calling(stage);
      gateway.answers(invite, 180);
      await call.isTold(180);
      gateway.asks(invite, 'BYE', { cseq: 1 });
      await gateway.hears('481 BYE');
      gateway.answers(invite, 486);
      await settled(stage);
      expect(gateway.count('ACK')).toBe(0);
      expect(call.told.map(({ status }) => status)).toEqual([180]);
      expect(app.heard).toEqual([]);
      await expect(call.cancel()).rejects.toThrow(/unable to cancel unknown transaction id/);
    },
  );

  holds(
    'R7: a 2xx that is no 200 is told and makes no dialog, so nobody can say ACK [stock]',
    async (stage) => {
      const { call, invite } = await calling(stage);
      stage.gateway.answers(invite, 202);
      const told = await call.isTold(202);
      await expect(told.acknowledge()).rejects.toThrow(/ACK for non-success/);
      const dialog = told.stackDialogId ?? '';
      await expect(stage.app.ask(inside(dialog, 'BYE'))).rejects.toThrow(/unable to find dialog/);
    },
  );

  holds('R4: the name of a dialog may be long', async (stage) => {
    const { gateway, app } = stage;
    const callId = `${process.pid}-${'c'.repeat(150)}`;
    const From = `<sip:a@op.example>;tag=${'t'.repeat(60)}`;
    const { call, invite } = await calling(stage, { headers: { 'Call-ID': callId, From } });
    gateway.answers(invite, 200);
    const told = await call.isTold(200);
    const dialog = `${callId};from-tag=${'t'.repeat(60)}`;
    expect(told.stackDialogId).toBe(dialog);
    await told.acknowledge();
    gateway.asks(invite, 'INFO', { cseq: 1 });
    const heard = await app.hears('INFO');
    expect(heard.stackDialogId).toBe(dialog);
    await heard.answer(200);
    await hungUp(stage, dialog);
  });

  holds('R16: a re-INVITE of the gateway that crosses ours is told', async (stage) => {
    const { gateway, app } = stage;
    const { dialog, invite } = await talking(stage);
    const ours = await app.ask(inside(dialog, 'INVITE', { body: NEW_SDP }));
    const heard = await gateway.asked('INVITE', 2);
    gateway.asks(invite, 'INVITE', { cseq: 1 });
    await (await app.hears('INVITE')).answer(491);
    await gateway.hears('491 INVITE');
    gateway.answers(heard, 491);
    await ours.isTold(491);
    await hungUp(stage, dialog);
  });

  holds('R13: what the application owes when it hangs up gets 500', async (stage) => {
    const { gateway, app } = stage;
    const { dialog, invite } = await talking(stage);
    gateway.asks(invite, 'INFO', { cseq: 1 });
    const heard = await app.hears('INFO');
    await hungUp(stage, dialog);
    await gateway.hears('500 INFO');
    await expect(heard.answer(200)).rejects.toThrow(/unknown transaction/);
  });
});
