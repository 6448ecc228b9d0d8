import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect } from '@jest/globals';
import { headerValue, headerValues } from '../../../lib/sip/headers.ts';
import { openRawApp, type RawApp } from './raw-app.ts';
import { calling, hungUp, onStage, type Stage, talking } from './stage.ts';

const holds = onStage('127.48.10');

/** Beyond its body. */
const ADDED = 400;
const TYPE = 'Content-Type: application/x';
const UNTOLD = [
  ['a line of 8,193 bytes in its body', `a\r\n${'b'.repeat(8193)}\r\n`],
  ['NUL in its body', 'a\0b'],
] as const;

function invite({ gateway }: Stage, body: string, more = ''): string {
  return `sip||\r\nINVITE ${gateway.uri} SIP/2.0\r\n${TYPE}\r\n${more}\r\n${body}`;
}

async function onRaw(stage: Stage, act: (raw: RawApp) => Promise<void>): Promise<void> {
  const raw = await openRawApp(stage.subject.admin);
  try {
    await act(raw);
  } finally {
    raw.close();
  }
}

async function refused({ gateway }: Stage, raw: RawApp): Promise<void> {
  gateway.answers(await gateway.asked('INVITE'), 486);
  await raw.delivered(({ sip }) => sip.startsWith('SIP/2.0 486'));
}

describe('what a message may hold', () => {
  for (const size of [4000, 8000, 11_800]) {
    holds(`R1: a message of ${size} bytes is sent whole`, (stage) =>
      onRaw(stage, async (raw) => {
        const body = 'a'.repeat(size - ADDED);
        const id = raw.say(invite(stage, body));
        await raw.answerTo(id);
        expect((await stage.gateway.asked('INVITE')).message.body).toBe(body);
        await refused(stage, raw);
      }),
    );
  }

  holds('R1: after a message of more than 12,228 bytes the connection is deaf [stock]', (stage) =>
    onRaw(stage, async (raw) => {
      raw.say(invite(stage, 'a'.repeat(12_228)));
      raw.say('ping');
      await pause(300);
      expect(raw.frames).toEqual([]);
      expect(raw.isClosed()).toBe(false);
      expect(stage.gateway.heard).toEqual([]);
    }),
  );

  holds('R1: a body ends at its first NUL [stock]', (stage) =>
    onRaw(stage, async (raw) => {
      raw.say(invite(stage, 'ab\0cd'));
      const { message } = await stage.gateway.asked('INVITE');
      expect(message.body).toBe('ab');
      expect(headerValue(message.headers, 'content-length')).toBe('2');
      await refused(stage, raw);
    }),
  );

  holds('R1: bytes that are no text cross as they are', (stage) =>
    onRaw(stage, async (raw) => {
      raw.say(invite(stage, '\xff\xfe\x80\x01'));
      expect((await stage.gateway.asked('INVITE')).message.body).toBe('\xff\xfe\x80\x01');
      await refused(stage, raw);
    }),
  );

  holds('R1: headers end after 8,400 bytes, and the application is not told [stock]', (stage) =>
    onRaw(stage, async (raw) => {
      raw.say(invite(stage, 'x', `X-Long: ${'a'.repeat(8600)}\r\nX-End: here\r\n`));
      const { message } = await stage.gateway.asked('INVITE');
      expect(headerValue(message.headers, 'x-long')?.length).toBeLessThan(8400);
      expect(headerValue(message.headers, 'x-end')).toBeUndefined();
      expect(message.body).toBe('x');
      await refused(stage, raw);
    }),
  );

  holds(
    'R1: a URI that makes a start line of more than 512 bytes cannot be called [stock]',
    (stage) =>
      onRaw(stage, async (raw) => {
        const uri = `${stage.gateway.uri};x=${'a'.repeat(500)}`;
        const { words } = await raw.answerTo(raw.say(`sip||\r\nINVITE ${uri} SIP/2.0\r\n\r\n`));
        expect(words.slice(3)).toEqual(['NOK', expect.stringMatching(/^invalid request-uri/)]);
      }),
  );

  holds('R3: a body of 16 KB of the gateway is told, if its lines are short', async (stage) => {
    const { call, invite: heard } = await calling(stage);
    const body = `${'b'.repeat(8192)}\n`.repeat(2);
    stage.gateway.answers(heard, 486, { headers: [TYPE], body });
    expect((await call.isTold(486)).raw.endsWith(`\r\n\r\n${body}`)).toBe(true);
  });

  holds('R10: each line of a name that the application says more than once leaves', (stage) =>
    onRaw(stage, async (raw) => {
      const names = ['X-Same', 'History-Info', 'Call-Info', 'P-Asserted-Identity', 'Geolocation'];
      const more = ['<sip:a@b>', '<sip:c@d>'].flatMap((value) =>
        names.map((name) => `${name}: ${value}\r\n`),
      );
      await raw.answerTo(raw.say(invite(stage, 'x', more.join(''))));
      const { headers } = (await stage.gateway.asked('INVITE')).message;
      for (const name of names) {
        expect(headerValues(headers, name.toLowerCase())).toEqual(['<sip:a@b>', '<sip:c@d>']);
      }
      await refused(stage, raw);
    }),
  );

  for (const [what, body] of UNTOLD) {
    holds(`R3: a response with ${what} is lost [stock]`, async (stage) => {
      const { call, invite: heard } = await calling(stage);
      stage.gateway.answers(heard, 183, { headers: [TYPE], body });
      stage.gateway.answers(heard, 486);
      await call.isTold(486);
      expect(call.told.map(({ status }) => status)).toEqual([486]);
    });

    holds(`R13: a request with ${what} gets 400 without the application [stock]`, async (stage) => {
      const { gateway, app } = stage;
      const { invite: heard, dialog } = await talking(stage);
      gateway.asks(heard, 'INFO', { cseq: 1, headers: [TYPE], body });
      await gateway.hears('400 INFO');
      await hungUp(stage, dialog);
      expect(app.heard).toEqual([]);
    });
  }
});
