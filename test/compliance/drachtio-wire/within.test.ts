import { describe, expect } from '@jest/globals';
import type { Transport } from '../../../lib/sip/address.ts';
import { headerValue } from '../../../lib/sip/headers.ts';
import { calling, hungUp, inside, NEW_SDP, onStage, talking } from './stage.ts';

describe.each<[Transport, string]>([
  ['udp', '127.48.6'],
  ['tcp', '127.48.7'],
])('what the application asks in a dialog by %s', (transport, net) => {
  const holds = onStage(net, { transport });

  holds(
    'R3: a request in the dialog has its tags, its next number and is told as it left',
    async (stage) => {
      const { gateway, app } = stage;
      const { dialog, invite } = await talking(stage);
      const headers = { 'Content-Type': 'application/x', 'Max-Forwards': '9' };
      const info = await app.ask(inside(dialog, 'INFO', { headers, body: 'x' }));
      const { message, text } = await gateway.asked('INFO');
      expect(info.sent.raw).toBe(text);
      expect(message.callId).toBe(invite.message.callId);
      expect(message.from.tag).toBe(invite.message.from.tag);
      expect(message.to.tag).toBe('gw');
      expect(message.cseq.number).toBe(2);
      expect(message.body).toBe('x');
      expect(headerValue(message.headers, 'max-forwards')).toBe('9');
      gateway.answers(await gateway.asked('INFO'), 415);
      const told = await info.isTold(415);
      expect(told.stackDialogId).toBe(dialog);
      expect(told.source).toBe('network');
      expect((await hungUp(stage, dialog)).message.cseq.number).toBe(3);
    },
  );

  holds(
    'R8: whatever URI the application says, a request in the dialog goes to the target [stock]',
    async (stage) => {
      const { gateway, app } = stage;
      const { dialog } = await talking(stage);
      const uri = gateway.uri.replace('gw@', 'other@');
      const info = await app.ask(inside(dialog, 'INFO', { uri }));
      const heard = await gateway.asked('INFO');
      expect(heard.message.uri).toBe(gateway.uri);
      gateway.answers(heard, 200);
      await info.isTold(200);
      await hungUp(stage, dialog);
    },
  );

  holds('R7: 100 to a request in the dialog stays with the server', async (stage) => {
    const { gateway, app } = stage;
    const { dialog } = await talking(stage);
    const reInvite = await app.ask(inside(dialog, 'INVITE', { body: NEW_SDP }));
    const heard = await gateway.asked('INVITE', 2);
    gateway.answers(heard, 100);
    gateway.answers(heard, 488);
    await reInvite.isTold(488);
    await gateway.hears('ACK', 2);
    expect(reInvite.told.length).toBe(1);
    await hungUp(stage, dialog);
  });

  holds('R8: the 200 to a re-INVITE moves no target [stock]', async (stage) => {
    const { gateway, app } = stage;
    const { dialog } = await talking(stage);
    const reInvite = await app.ask(inside(dialog, 'INVITE', { body: NEW_SDP }));
    const heard = await gateway.asked('INVITE', 2);
    expect(heard.message.body).toBe(NEW_SDP);
    expect(headerValue(heard.message.headers, 'contact')).toContain(stage.subject.sip.address);
    gateway.answers(heard, 200, { contact: gateway.uri.replace('gw@', 'moved@') });
    await (await reInvite.isTold(200)).acknowledge();
    const ack = await gateway.asked('ACK', 2);
    expect(ack.message.cseq.number).toBe(2);
    expect(ack.message.uri).toBe(gateway.uri);
    expect((await hungUp(stage, dialog)).message.uri).toBe(gateway.uri);
  });

  holds(
    'R7: the ACK of a re-INVITE bears the number of the last request [stock]',
    async (stage) => {
      const { gateway, app } = stage;
      const { dialog } = await talking(stage);
      const reInvite = await app.ask(inside(dialog, 'INVITE', { body: NEW_SDP }));
      const heard = await gateway.asked('INVITE', 2);
      const info = await app.ask(inside(dialog, 'INFO'));
      gateway.answers(await gateway.asked('INFO'), 200);
      await info.isTold(200);
      gateway.answers(heard, 200);
      await (await reInvite.isTold(200)).acknowledge();
      expect((await gateway.asked('ACK', 2)).message.cseq.number).toBe(3);
      await hungUp(stage, dialog);
    },
  );

  holds(
    'R16: after a provisional to a re-INVITE its final response is lost [stock]',
    async (stage) => {
      const { gateway, app } = stage;
      const { dialog } = await talking(stage);
      const reInvite = await app.ask(inside(dialog, 'INVITE', { body: NEW_SDP }));
      const heard = await gateway.asked('INVITE', 2);
      gateway.answers(heard, 180);
      await reInvite.isTold(180);
      gateway.answers(heard, 200);
      await hungUp(stage, dialog);
      expect(reInvite.told.length).toBe(1);
    },
  );

  holds('R6: a re-INVITE cannot be cancelled [stock]', async (stage) => {
    const { gateway, app } = stage;
    const { dialog } = await talking(stage);
    const reInvite = await app.ask(inside(dialog, 'INVITE', { body: NEW_SDP }));
    const heard = await gateway.asked('INVITE', 2);
    await expect(reInvite.cancel()).rejects.toThrow(/unable to cancel unknown transaction id/);
    gateway.answers(heard, 488);
    await reInvite.isTold(488);
    await hungUp(stage, dialog);
  });

  holds('R6: a BYE gives up the re-INVITE that has no answer', async (stage) => {
    const { gateway, app } = stage;
    const { dialog } = await talking(stage);
    await app.ask(inside(dialog, 'INVITE', { body: NEW_SDP }));
    const heard = await gateway.asked('INVITE', 2);
    gateway.answers(heard, 100);
    await hungUp(stage, dialog);
    await gateway.hears('CANCEL');
  });

  holds('R6: a BYE sends no CANCEL before a provisional of the re-INVITE', async (stage) => {
    const { gateway, app } = stage;
    const { dialog } = await talking(stage);
    await app.ask(inside(dialog, 'INVITE', { body: NEW_SDP }));
    await gateway.asked('INVITE', 2);
    await hungUp(stage, dialog);
    expect(gateway.count('CANCEL')).toBe(0);
  });

  if (transport === 'tcp') {
    holds(
      'R8: a call by a stream goes on by its connection, wherever the Contact points [stock]',
      async (stage) => {
        const { gateway, app } = stage;
        const { call, invite } = await calling(stage);
        const contact = 'sip:gw@192.0.2.77:5099;transport=tcp';
        gateway.answers(invite, 200, { contact });
        const told = await call.isTold(200);
        await told.acknowledge();
        expect((await gateway.asked('ACK')).message.uri).toBe(contact);
        await app.ask(inside(told.stackDialogId ?? '', 'INFO'));
        expect((await gateway.asked('INFO')).message.uri).toBe(contact);
      },
    );
  }

  holds('R7: a 200 to a re-INVITE that comes again gets no ACK [stock]', async (stage) => {
    const { gateway, app } = stage;
    const { dialog } = await talking(stage);
    const reInvite = await app.ask(inside(dialog, 'INVITE', { body: NEW_SDP }));
    const heard = await gateway.asked('INVITE', 2);
    gateway.answers(heard, 200);
    await (await reInvite.isTold(200)).acknowledge();
    await gateway.hears('ACK', 2);
    gateway.answers(heard, 200);
    await hungUp(stage, dialog);
    expect(reInvite.told.length).toBe(1);
    expect(gateway.count('ACK')).toBe(2);
  });

  holds('R4: a dialog ends with BYE, whatever the answer, but a challenge', async (stage) => {
    const { gateway, app } = stage;
    const { dialog } = await talking(stage);
    const first = await app.ask(inside(dialog, 'BYE'));
    gateway.answers(await gateway.asked('BYE'), 401);
    await first.isTold(401);
    const second = await app.ask(inside(dialog, 'BYE'));
    gateway.answers(await gateway.asked('BYE', 2), 481);
    await second.isTold(481);
    await expect(app.ask(inside(dialog, 'BYE'))).rejects.toThrow(/unable to find dialog/);
  });

  holds('R4: before its 200 there is no dialog to ask in', async (stage) => {
    const { call, invite } = await calling(stage);
    stage.gateway.answers(invite, 180);
    const { stackDialogId = '' } = await call.isTold(180);
    await expect(stage.app.ask(inside(stackDialogId, 'INFO'))).rejects.toThrow(/find dialog/);
    stage.gateway.answers(invite, 486);
    await call.isTold(486);
  });
});
