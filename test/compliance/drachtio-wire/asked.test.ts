import { describe, expect } from '@jest/globals';
import type { Transport } from '../../../lib/sip/address.ts';
import { writeAddress } from '../../../lib/sip/address.ts';
import { headerValue } from '../../../lib/sip/headers.ts';
import { openRawApp } from './raw-app.ts';
import { hungUp, NEW_SDP, onStage, SDP, talking } from './stage.ts';

const OFFERS = { headers: ['Content-Type: application/sdp'], body: NEW_SDP };

describe.each<[Transport, string]>([
  ['udp', '127.48.8'],
  ['tcp', '127.48.9'],
])('what the gateway asks in a dialog by %s', (transport, net) => {
  const holds = onStage(net, { transport });

  holds(
    'R4: a request in the dialog is told with its dialog and a transaction of its own',
    async (stage) => {
      const { gateway, app } = stage;
      const { dialog, invite, call } = await talking(stage);
      gateway.asks(invite, 'INFO', { cseq: 1, headers: ['Content-Type: text/plain'], body: 'hi' });
      const heard = await app.hears('INFO');
      expect(heard.stackDialogId).toBe(dialog);
      expect(heard.stackTxnId).toMatch(/^[\da-f-]{36}$/);
      expect(heard.stackTxnId).not.toBe(call.sent.stackTxnId);
      expect(heard.source).toBe('network');
      expect(heard.source_address).toBe(gateway.at.address);
      expect(heard.raw.endsWith('\r\n\r\nhi')).toBe(true);
      const echo = await heard.answer(200, { headers: { Subject: 'a' } });
      const answer = await gateway.hears('200 INFO');
      expect(answer.text).toBe(echo);
      expect(answer.text).toMatch(/^SIP\/2.0 200 As Answered\r\n/);
      expect(answer.text).toContain('\r\nSubject: a\r\n');
      await hungUp(stage, dialog);
    },
  );

  holds(
    'R7: a re-INVITE gets 100 from the server; what the application says is the answer',
    async (stage) => {
      const { gateway, app } = stage;
      const { dialog, invite } = await talking(stage);
      gateway.asks(invite, 'INVITE', { cseq: 1, ...OFFERS });
      await gateway.hears('100 INVITE');
      const heard = await app.hears('INVITE');
      const Contact = '<sip:token@192.0.2.9:5099>';
      await heard.answer(200, {
        headers: { Contact, 'Content-Type': 'application/sdp' },
        body: SDP,
      });
      const { message } = await gateway.hears('200 INVITE');
      expect(headerValue(message.headers, 'contact')).toBe(Contact);
      expect(message.body).toBe(SDP);
      gateway.asks(invite, 'ACK', { cseq: 1, headers: ['Content-Type: text/plain'], body: 'ok' });
      const ack = await app.hears('ACK');
      expect(ack.stackDialogId).toBe(dialog);
      expect(ack.raw.endsWith('\r\n\r\nok')).toBe(true);
      await hungUp(stage, dialog);
    },
  );

  holds(
    'R3: without a Contact of the application the answer to a re-INVITE has the server’s',
    async (stage) => {
      const { gateway, app, subject } = stage;
      const { dialog, invite } = await talking(stage);
      gateway.asks(invite, 'INVITE', { cseq: 1, ...OFFERS });
      await (await app.hears('INVITE')).answer(200);
      const { message } = await gateway.hears('200 INVITE');
      expect(headerValue(message.headers, 'contact')).toContain(writeAddress(subject.sip));
      gateway.asks(invite, 'ACK', { cseq: 1 });
      await hungUp(stage, dialog);
    },
  );

  holds('R7: the ACK of a refused re-INVITE is the server’s', async (stage) => {
    const { gateway, app } = stage;
    const { dialog, invite } = await talking(stage);
    const text = gateway.asks(invite, 'INVITE', { cseq: 1, ...OFFERS });
    await (await app.hears('INVITE')).answer(488);
    await gateway.hears('488 INVITE');
    gateway.say(like(text, 'ACK'));
    await hungUp(stage, dialog);
    expect(app.heard.map(({ method }) => method)).toEqual(['INVITE']);
  });

  holds(
    'R16: a provisional to a re-INVITE ends it with 500, and the final one is NOK [stock]',
    async (stage) => {
      const { gateway, app } = stage;
      const { dialog, invite } = await talking(stage);
      gateway.asks(invite, 'INVITE', { cseq: 1, ...OFFERS });
      const heard = await app.hears('INVITE');
      await heard.answer(180);
      await gateway.hears('180 INVITE');
      await gateway.hears('500 INVITE');
      await expect(heard.answer(200)).rejects.toThrow(/unknown transaction/);
      await hungUp(stage, dialog);
    },
  );

  holds('R16: a second final response is answered NOK', async (stage) => {
    const { gateway, app } = stage;
    const { dialog, invite } = await talking(stage);
    gateway.asks(invite, 'INFO', { cseq: 1 });
    const heard = await app.hears('INFO');
    await heard.answer(200);
    const raw = await openRawApp(stage.subject.admin);
    const { words } = await raw.answerTo(
      raw.say(`sip|${heard.stackTxnId}|\r\nSIP/2.0 500 No\r\n\r\n`),
    );
    raw.close();
    expect(words.slice(3)).toEqual(['NOK', 'Response not sent due to unknown transaction']);
    await hungUp(stage, dialog);
    expect(gateway.count('500 INFO')).toBe(0);
  });

  if (transport === 'udp') {
    holds(
      'R15: a request that comes again is told once, and its answer repeated',
      async (stage) => {
        const { gateway, app } = stage;
        const { dialog, invite } = await talking(stage);
        const text = gateway.asks(invite, 'INFO', { cseq: 1 });
        gateway.say(text);
        const heard = await app.hears('INFO');
        await heard.answer(200);
        await gateway.hears('200 INFO');
        gateway.say(text);
        await gateway.hears('200 INFO', 2);
        await hungUp(stage, dialog);
        expect(app.heard.length).toBe(1);
      },
    );

    holds('R17: the 200 to a re-INVITE is not repeated by itself [stock]', async (stage) => {
      const { gateway, app } = stage;
      const { dialog, invite } = await talking(stage);
      gateway.asks(invite, 'INVITE', { cseq: 1, ...OFFERS });
      await (await app.hears('INVITE')).answer(200);
      await gateway.hears('200 INVITE');
      await new Promise((resolve) => setTimeout(resolve, 700));
      expect(gateway.count('200 INVITE')).toBe(1);
      await hungUp(stage, dialog);
    });
  }

  holds(
    'R6: a re-INVITE that the gateway takes back gets 487, and the application is not told [stock]',
    async (stage) => {
      const { gateway, app } = stage;
      const { dialog, invite } = await talking(stage);
      const text = gateway.asks(invite, 'INVITE', { cseq: 1, ...OFFERS });
      const heard = await app.hears('INVITE');
      gateway.say(like(text, 'CANCEL'));
      await gateway.hears('200 CANCEL');
      await gateway.hears('487 INVITE');
      await hungUp(stage, dialog);
      expect(heard.isTakenBack()).toBe(false);
      await expect(heard.answer(200)).rejects.toThrow(/unknown transaction/);
    },
  );

  holds('R6: a CANCEL after the answer to a re-INVITE gets 481 [stock]', async (stage) => {
    const { gateway, app } = stage;
    const { dialog, invite } = await talking(stage);
    const text = gateway.asks(invite, 'INVITE', { cseq: 1, ...OFFERS });
    await (await app.hears('INVITE')).answer(200);
    await gateway.hears('200 INVITE');
    gateway.say(like(text, 'CANCEL'));
    await gateway.hears('481 CANCEL');
    gateway.asks(invite, 'ACK', { cseq: 1 });
    await app.hears('ACK');
    await hungUp(stage, dialog);
  });

  holds('R4: a BYE ends the dialog; the application says 200', async (stage) => {
    const { gateway, app } = stage;
    const { dialog, invite } = await talking(stage);
    gateway.asks(invite, 'BYE', { cseq: 1 });
    const heard = await app.hears('BYE');
    expect(heard.stackDialogId).toBe(dialog);
    await heard.answer(200);
    await gateway.hears('200 BYE');
    await expect(hungUp(stage, dialog)).rejects.toThrow(/unable to find dialog/);
  });

  holds(
    'R13: a request in a dialog that is not known gets 481 without the application',
    async (stage) => {
      const { gateway, app } = stage;
      const { dialog, invite } = await talking(stage);
      for (const method of ['BYE', 'INVITE', 'UPDATE']) {
        gateway.asks(invite, method, { cseq: 1, tag: 'stranger' });
        await gateway.hears(`481 ${method}`);
      }
      gateway.asks(invite, 'ACK', { cseq: 1, tag: 'stranger' });
      await hungUp(stage, dialog);
      expect(app.heard).toEqual([]);
    },
  );

  holds(
    'R13: a request without a dialog gets 503 where no application asks for such',
    async (stage) => {
      const { gateway, app } = stage;
      const { dialog, invite } = await talking(stage);
      const text = gateway.asks(invite, 'OPTIONS', { cseq: 900, tag: 'stranger' });
      expect(text).toContain('OPTIONS');
      await gateway.hears('503 OPTIONS');
      await hungUp(stage, dialog);
      expect(app.heard).toEqual([]);
    },
  );

  holds('R15: a number that is too low is told all the same [stock]', async (stage) => {
    const { gateway, app } = stage;
    const { dialog, invite } = await talking(stage);
    gateway.asks(invite, 'INFO', { cseq: 5 });
    await (await app.hears('INFO')).answer(200);
    gateway.asks(invite, 'INFO', { cseq: 4 });
    await (await app.hears('INFO', 2)).answer(200);
    await hungUp(stage, dialog);
  });

  for (const method of ['INVITE', 'UPDATE']) {
    holds(`R8: ${method} of the gateway moves no target [stock]`, async (stage) => {
      const { gateway, app } = stage;
      const { dialog, invite } = await talking(stage);
      const contact = gateway.uri.replace('gw@', 'moved@');
      gateway.asks(invite, method, { cseq: 1, contact, ...OFFERS });
      await (await app.hears(method)).answer(200);
      await gateway.hears(`200 ${method}`);
      if (method === 'INVITE') gateway.asks(invite, 'ACK', { cseq: 1 });
      expect((await hungUp(stage, dialog)).message.uri).toBe(gateway.uri);
    });
  }
});

/** The ACK of a refusal, or the CANCEL, of that INVITE. */
function like(invite: string, method: string): string {
  return invite
    .replace('INVITE', method)
    .replace('1 INVITE', `1 ${method}`)
    .replace(/Content-Length: \d+/, 'Content-Length: 0')
    .replace(NEW_SDP, '');
}
