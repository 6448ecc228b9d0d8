import { describe, expect } from '@jest/globals';
import { App } from './app.ts';
import { calling, hungUp, onStage, settled, talking } from './stage.ts';

describe('an application that goes and comes back', () => {
  const holds = onStage('127.48.13');

  holds('R13: requests in the dialogs of one that is gone get 481', async (stage) => {
    const { subject, gateway, app } = stage;
    const gone = await App.open(subject);
    const { invite } = await talking({ ...stage, app: gone });
    gone.close();
    await settled(stage);
    gateway.asks(invite, 'INFO', { cseq: 1 });
    await gateway.hears('481 INFO');
    gateway.asks(invite, 'BYE', { cseq: 2 });
    await gateway.hears('481 BYE');
    expect(app.heard).toEqual([]);
  });

  holds('R13: a dialog of one that is gone is there for who names it', async (stage) => {
    const gone = await App.open(stage.subject);
    const { dialog } = await talking({ ...stage, app: gone });
    gone.close();
    await settled(stage);
    expect((await hungUp(stage, dialog)).message.cseq.number).toBe(2);
  });

  holds(
    'R13: the 200 for one that is gone makes a dialog without ACK, there for who names it',
    async (stage) => {
      const { gateway } = stage;
      const gone = await App.open(stage.subject);
      const { invite } = await calling({ ...stage, app: gone });
      const { callId, from } = invite.message;
      gone.close();
      await settled(stage);
      gateway.answers(invite, 200);
      await settled(stage);
      await hungUp(stage, `${callId};from-tag=${from.tag}`);
      expect(gateway.heard.map(({ what }) => what)).toEqual([
        'INVITE',
        'OPTIONS',
        'OPTIONS',
        'BYE',
      ]);
    },
  );

  holds('R2: one whose connection ends comes back by itself', async (stage) => {
    const { app } = stage;
    const { call, invite, dialog } = await talking(stage);
    call.sent.socket.write('what is no frame');
    await app.isConnected(2);
    await hungUp(stage, dialog);
    expect(invite.what).toBe('INVITE');
  });
});
