import { describe, expect } from '@jest/globals';
import type { Transport } from '../../../lib/sip/address.ts';
import { writeAddress } from '../../../lib/sip/address.ts';
import { headerValue, headerValues } from '../../../lib/sip/headers.ts';
import { openRawApp } from './raw-app.ts';
import { calling, hungUp, inviteOf, onStage, SDP, talking } from './stage.ts';

describe.each<[Transport, string]>([
  ['udp', '127.48.2'],
  ['tcp', '127.48.3'],
])('a call by %s', (transport, net) => {
  const holds = onStage(net, { transport });

  holds('R3: the application is told its request as it left', async (stage) => {
    const { call, invite } = await calling(stage);
    expect(call.sent.raw).toBe(invite.text);
    expect(call.sent.source).toBe('application');
    expect(call.sent.stackTxnId).toMatch(/^[\da-f-]{36}$/);
    expect(invite.message.body).toBe(SDP);
    expect(headerValue(invite.message.headers, 'content-type')).toBe('application/sdp');
    stage.gateway.answers(invite, 486);
    await call.isTold(486);
  });

  holds('R14: Call-ID, From, To, CSeq and Max-Forwards are the application’s', async (stage) => {
    const From = '"A" <sip:+4670@op.example>;tag=chosen';
    const headers = { 'Call-ID': `own-${transport}`, From, CSeq: '7 INVITE', 'Max-Forwards': '23' };
    const { call, invite } = await calling(stage, { headers });
    const { headers: sent } = invite.message;
    expect(headerValue(sent, 'call-id')).toBe(`own-${transport}`);
    expect(headerValue(sent, 'from')).toBe(From);
    expect(headerValue(sent, 'to')).toMatch(/^<?sip:112@192\.0\.2\.112>?$/);
    expect(headerValue(sent, 'cseq')).toBe('7 INVITE');
    expect(headerValue(sent, 'max-forwards')).toBe('23');
    stage.gateway.answers(invite, 486);
    await call.isTold(486);
  });

  holds('R3: what the application leaves out is made up', async (stage) => {
    const { gateway, app } = stage;
    const call = await app.ask({ method: 'OPTIONS', uri: gateway.uri });
    const { message } = await gateway.asked('OPTIONS');
    expect(message.from.tag).toMatch(/./);
    expect(message.callId).toMatch(/./);
    // What stands behind the address in the URI stands behind the brackets in To.
    const behind = gateway.uri.replace(/^[^;]*/, '');
    expect(headerValue(message.headers, 'to')).toBe(
      `<sip:gw@${writeAddress(gateway.at)}>${behind}`,
    );
    expect(headerValue(message.headers, 'max-forwards')).toBe('70');
    expect(headerValue(message.headers, 'contact')).toBeUndefined();
    gateway.answers(await gateway.asked('OPTIONS'), 200);
    const told = await call.isTold(200);
    expect(told.stackDialogId).toBe('');
  });

  holds('R14: the next hop of the application is where the request goes', async (stage) => {
    const { gateway, app } = stage;
    const uri = 'sip:112@nowhere.example';
    const call = await app.ask(inviteOf(stage, { uri, proxy: gateway.uri.replace('gw@', '') }));
    const invite = await gateway.asked('INVITE');
    expect(invite.message.uri).toBe(uri);
    expect(headerValues(invite.message.headers, 'route')).toEqual([]);
    gateway.answers(invite, 486);
    await call.isTold(486);
  });

  holds(
    'R10: Via, Route, Record-Route, RSeq and Content-Length are not the application’s',
    async (stage) => {
      const headers = {
        Via: 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKown',
        Route: '<sip:192.0.2.1;lr>',
        'Record-Route': '<sip:192.0.2.1;lr>',
        RSeq: '1',
        'Content-Length': '1',
      };
      const { call, invite } = await calling(stage, { headers });
      const { message } = invite;
      const [via, ...others] = headerValues(message.headers, 'via');
      expect(others).toEqual([]);
      expect(via).toContain(`/${transport.toUpperCase()} ${stage.subject.sip.address}`);
      for (const name of ['route', 'record-route', 'rseq']) {
        expect(headerValues(message.headers, name)).toEqual([]);
      }
      expect(headerValue(message.headers, 'content-length')).toBe(`${SDP.length}`);
      stage.gateway.answers(invite, 486);
      await call.isTold(486);
    },
  );

  holds(
    'R10: a header keeps its value; its name gets capitals, but that of X- does not',
    async (stage) => {
      const headers = { 'x-small': 'a|b', 'p-asserted-identity': '<sip:+4670@op.example>' };
      const { call, invite } = await calling(stage, { headers });
      expect(invite.text).toContain('\r\nx-small: a|b\r\n');
      expect(invite.text).toContain('\r\nP-Asserted-Identity: <sip:+4670@op.example>\r\n');
      stage.gateway.answers(invite, 486);
      await call.isTold(486);
    },
  );

  holds('R9: localhost stands for the server’s own address', async (stage) => {
    const From = '<sip:a@localhost>;tag=local';
    const headers = {
      From,
      Contact: '<sip:a@localhost>',
      'P-Asserted-Identity': '<sip:b@localhost>',
    };
    const { call, invite } = await calling(stage, { headers });
    const { headers: sent } = invite.message;
    const at = writeAddress(stage.subject.sip);
    expect(headerValue(sent, 'from')).toBe(`<sip:a@${at}>;tag=local`);
    expect(headerValue(sent, 'contact')).toContain(`sip:a@${at}`);
    expect(headerValue(sent, 'p-asserted-identity')).toBe(`<sip:b@${at}>`);
    stage.gateway.answers(invite, 486);
    await call.isTold(486);
  });

  holds(
    'R3: a Contact with another address leaves with the server’s, its user and the transport kept',
    async (stage) => {
      const Contact = '<sip:token@192.0.2.9:5099;ob>;+sip.instance="a"';
      const { call, invite } = await calling(stage, { headers: { Contact } });
      const { address, port } = stage.subject.sip;
      const own = `sip:token@${address}:${port};ob;transport=${transport}`;
      expect(headerValue(invite.message.headers, 'contact')).toBe(`<${own}>;+sip.instance="a"`);
      stage.gateway.answers(invite, 486);
      await call.isTold(486);
    },
  );

  holds('R3: a Contact with a name leaves as it is', async (stage) => {
    const { call, invite } = await calling(stage, { headers: { Contact: '<sip:t@sto.example>' } });
    expect(headerValue(invite.message.headers, 'contact')).toBe('<sip:t@sto.example>');
    stage.gateway.answers(invite, 486);
    await call.isTold(486);
  });

  holds('R7: 100 stays with the server, each other provisional is passed on', async (stage) => {
    const { call, invite } = await calling(stage);
    stage.gateway.answers(invite, 100);
    stage.gateway.answers(invite, 180);
    await call.isTold(180);
    stage.gateway.answers(invite, 183, { headers: ['Content-Type: application/sdp'], body: SDP });
    const { raw, source } = await call.isTold(183);
    expect(raw).toContain('As Said');
    expect(raw.endsWith(`\r\n\r\n${SDP}`)).toBe(true);
    expect(source).toBe('network');
    expect(call.told.map(({ status }) => status)).toEqual([180, 183]);
    stage.gateway.answers(invite, 486);
    await call.isTold(486);
  });

  holds(
    'R7: a refusal is acknowledged by the server, and told once however often it comes',
    async (stage) => {
      const { call, invite } = await calling(stage);
      stage.gateway.answers(invite, 503, { headers: ['Retry-After: 5'] });
      expect((await call.isTold(503)).raw).toContain('\r\nRetry-After: 5\r\n');
      const { message, text } = await stage.gateway.hears('ACK');
      expect(message.via.branch).toBe(invite.message.via.branch);
      expect(message.cseq.number).toBe(1);
      expect(text).toContain(';tag=gw');
      if (transport === 'tcp') return;
      stage.gateway.answers(invite, 503);
      await stage.gateway.hears('ACK', 2);
      expect(call.told.length).toBe(1);
    },
  );

  holds(
    'R4: each response that may form a dialog names it by Call-ID and From-tag',
    async (stage) => {
      const { call, invite } = await calling(stage);
      const { callId, from } = invite.message;
      const dialog = `${callId};from-tag=${from.tag}`;
      stage.gateway.answers(invite, 180);
      expect((await call.isTold(180)).stackDialogId).toBe(dialog);
      stage.gateway.answers(invite, 200);
      const told = await call.isTold(200);
      expect(told.stackDialogId).toBe(dialog);
      expect(told.stackTxnId).toBe(call.sent.stackTxnId);
      await told.acknowledge();
      await stage.gateway.hears('ACK');
    },
  );

  holds('R7: a 200 is acknowledged by the application, with body if it likes', async (stage) => {
    const { call, invite } = await calling(stage);
    stage.gateway.answers(invite, 200);
    const told = await call.isTold(200);
    expect(stage.gateway.count('ACK')).toBe(0);
    const echo = await told.acknowledge({ body: SDP });
    const ack = await stage.gateway.asked('ACK');
    expect(echo).toBe(ack.text);
    expect(ack.message.uri).toBe(stage.gateway.uri);
    expect(ack.message.cseq.number).toBe(1);
    expect(ack.message.to.tag).toBe('gw');
    expect(ack.message.body).toBe(SDP);
  });

  if (transport === 'udp') {
    holds('R7: a 200 that comes again gets the ACK again, and nobody is told', async (stage) => {
      const { call, invite } = await talking(stage);
      stage.gateway.answers(invite, 200);
      const again = await stage.gateway.hears('ACK', 2);
      expect(again.text).toBe((await stage.gateway.hears('ACK')).text);
      expect(call.told.length).toBe(1);
    });

    holds(
      'R7: another callee’s 200 gets the ACK of the first, and nobody is told',
      async (stage) => {
        const { call, invite } = await talking(stage);
        stage.gateway.answers(invite, 200, { tag: 'other' });
        expect((await stage.gateway.asked('ACK', 2)).message.to.tag).toBe('gw');
        expect(call.told.length).toBe(1);
      },
    );
  } else {
    holds('R7: another 200 by a stream gets no ACK, and nobody is told', async (stage) => {
      const { call, invite, dialog } = await talking(stage);
      stage.gateway.answers(invite, 200);
      stage.gateway.answers(invite, 200, { tag: 'other' });
      await hungUp(stage, dialog);
      expect(stage.gateway.count('ACK')).toBe(1);
      expect(call.told.length).toBe(1);
    });
  }

  holds(
    'R8: in a dialog, the target is the Contact of the 200 and the routes are its Record-Routes',
    async (stage) => {
      const { gateway } = stage;
      const route = gateway.uri.replace('gw@', '').replace(/$/, ';lr');
      const { dialog } = await talking(stage, [`Record-Route: <sip:far.example;lr>, <${route}>`]);
      const ack = await gateway.asked('ACK');
      expect(headerValues(ack.message.headers, 'route').join(', ')).toBe(
        `<${route}>, <sip:far.example;lr>`,
      );
      const { message } = await hungUp(stage, dialog);
      expect(message.uri).toBe(gateway.uri);
      expect(headerValues(message.headers, 'route').join(', ')).toBe(
        `<${route}>, <sip:far.example;lr>`,
      );
    },
  );

  holds('R1: the words of an answer and of a delivery stand in their places', async (stage) => {
    const { gateway, subject } = stage;
    const raw = await openRawApp(subject.admin);
    const ask = `sip||\r\nINVITE ${gateway.uri} SIP/2.0\r\nFrom: <sip:a@b>;tag=raw\r\n\r\n`;
    const { words, sip } = await raw.answerTo(raw.say(ask));
    const invite = await gateway.asked('INVITE');
    const clock = expect.stringMatching(/^\d\d:\d\d:\d\d\.\d{6}$/);
    const number = expect.stringMatching(/^\d+$/);
    expect(words.slice(3)).toEqual([
      'OK',
      'application',
      `${sip.length}`,
      transport,
      expect.stringMatching(/^[\d.]+$/),
      number,
      clock,
      expect.stringMatching(/^[\da-f-]{36}$/),
      'Msg sent:',
      '',
    ]);
    gateway.answers(invite, 180);
    const ringing = await raw.delivered(() => true);
    expect(ringing.words.slice(1)).toEqual([
      'sip',
      'network',
      `${ringing.sip.length}`,
      transport,
      gateway.at.address,
      `${gateway.at.port}`,
      clock,
      words[10],
      `${invite.message.callId};from-tag=raw`,
      '',
    ]);
    gateway.answers(invite, 486);
    await gateway.hears('ACK');
    raw.close();
  });

  holds('R3: a response that comes at once finds the application listening', async (stage) => {
    const { gateway, app } = stage;
    gateway.react = ({ what, message, text }) => {
      if (what !== 'INVITE' || message.kind !== 'request') return;
      for (const status of [180, 183, 486]) gateway.answers({ what, message, text }, status);
    };
    const call = await app.ask(inviteOf(stage));
    await call.isTold(486);
    expect(call.told.map(({ status }) => status)).toEqual([180, 183, 486]);
  });
});
