import { expect } from '@jest/globals';
import { NO_OCTETS, type Octets, octetsOf, octetsOfText } from '../../../../lib/base/brands.ts';
import { header } from '../../../../lib/sip/header-names.ts';
import { asking, calling, GW, NOTHING, replyOf, talking } from '../call.ts';
import { type Promised, promised } from '../promise.ts';

const KILOBYTES = [2, 4, 8, 14];

/** All 256 of them, NUL included; together they are no UTF-8. */
const EVERY_OCTET = octetsOf(Buffer.from(Array.from({ length: 256 }, (_, code) => code)));
const BINARY_TYPE = 'Content-Type: application/octet-stream';
const BINARY = [header('Content-Type', 'application/octet-stream')];
const MULTIPART = 'multipart/mixed;boundary="-=:parts?="';

/** Bodies cross byte for byte, whatever is in them. */
export const BODIES: readonly Promised[] = [
  ...KILOBYTES.map((kilobytes) =>
    promised(
      `a multipart of ${kilobytes} KB leaves in an INVITE as the node gives it [5621-3.1]`,
      async (stage) => {
        const body = multipart(kilobytes * 1024);
        const headers = [header('Content-Type', MULTIPART), header('MIME-Version', '1.0')];
        const { invite } = await calling(stage, { headers, body });
        expect(bodyOf(invite.text)).toBe(body);
        expect(invite.text).toContain(`\r\nContent-Type: ${MULTIPART}\r\n`);
      },
    ),
  ),

  ...KILOBYTES.map((kilobytes) =>
    promised(
      `a multipart of ${kilobytes} KB comes in as the gateway sends it [5621-3.1]`,
      async (stage) => {
        const body = multipart(kilobytes * 1024);
        const headers = [`Content-Type: ${MULTIPART}`];
        const { invite } = await calling(stage);
        stage.gateway.answers(invite, 183, { headers, body });
        expect((await stage.told('ringing')).body).toBe(body);
        stage.gateway.answers(invite, 200, { headers, body });
        expect((await stage.told('answered')).body).toBe(body);
      },
    ),
  ),

  promised(
    'the message body is octets: NUL and what is no UTF-8 leave in every message of ours [3261-7.4]',
    async (stage) => {
      const content = { headers: BINARY, body: EVERY_OCTET };
      const { leg, invite } = await calling(stage, content);
      expect(bodyOf(invite.text)).toBe(EVERY_OCTET);
      stage.gateway.answers(invite, 200);
      await stage.told('answered');
      stage.engine.acknowledge(leg, GW, content);
      expect(bodyOf((await stage.gateway.hears('ACK')).text)).toBe(EVERY_OCTET);
      const { request, heard } = await asking(stage, { leg, invite }, 'INFO', content);
      expect(bodyOf(heard.text)).toBe(EVERY_OCTET);
      stage.gateway.answers(heard, 200);
      expect(await stage.told('replied')).toMatchObject({ request, status: 200 });
      stage.gateway.asks(invite, 'INFO');
      const asked = await stage.told('asked');
      stage.engine.reply(leg, asked.request, replyOf(stage, 200, content));
      expect(bodyOf((await stage.gateway.isTold('200 INFO')).text)).toBe(EVERY_OCTET);
    },
    { ability: 'carry-octets' },
  ),

  promised(
    'the message body is octets: NUL and what is no UTF-8 come in from every message of theirs [3261-7.4]',
    async (stage) => {
      const content = { headers: [BINARY_TYPE], body: EVERY_OCTET };
      const call = await calling(stage);
      stage.gateway.answers(call.invite, 183, content);
      expect((await stage.told('ringing')).body).toBe(EVERY_OCTET);
      stage.gateway.answers(call.invite, 200, content);
      expect((await stage.told('answered')).body).toBe(EVERY_OCTET);
      stage.engine.acknowledge(call.leg, GW, NOTHING);
      await stage.gateway.hears('ACK');
      const { heard } = await asking(stage, call, 'INFO');
      stage.gateway.answers(heard, 200, content);
      expect((await stage.told('replied')).body).toBe(EVERY_OCTET);
      stage.gateway.asks(call.invite, 'MESSAGE', content);
      expect((await stage.told('asked')).body).toBe(EVERY_OCTET);
    },
    { ability: 'carry-octets' },
  ),

  promised(
    'a refusal bears its body, NUL and all [3261-7.4]',
    async (stage) => {
      const { invite } = await calling(stage);
      stage.gateway.answers(invite, 488, { headers: [BINARY_TYPE], body: EVERY_OCTET });
      await stage.gateway.hears('ACK');
      expect((await stage.told('refused')).body).toBe(EVERY_OCTET);
    },
    { ability: 'carry-octets' },
  ),

  promised('text beyond ASCII is counted in bytes [3261-20.14]', async (stage) => {
    const body = octetsOfText('Hjälp! Räddning — 112 ☎\r\n');
    const headers = [header('Content-Type', 'text/plain;charset=utf-8')];
    const { invite } = await calling(stage, { headers, body });
    expect(bodyOf(invite.text)).toBe(body);
    expect(invite.text).toContain(`\r\nContent-Length: ${body.length}\r\n`);
    stage.gateway.answers(invite, 183, { headers: ['Content-Type: text/plain'], body });
    expect((await stage.told('ringing')).body).toBe(body);
  }),

  promised('a body that looks like a message is none', async (stage) => {
    const body = octetsOfText('\r\n\r\nBYE sip:x SIP/2.0\r\nContent-Length: 3\r\n\r\nabc');
    const headers = [header('Content-Type', 'message/sip')];
    const { leg, invite } = await talking(stage);
    const { heard } = await asking(stage, { leg, invite }, 'MESSAGE', { headers, body });
    expect(bodyOf(heard.text)).toBe(body);
    stage.gateway.answers(heard, 200, { headers: ['Content-Type: message/sip'], body });
    expect((await stage.told('replied')).body).toBe(body);
  }),
];

/** SDP, a location and filler, with line ends of each kind. */
function multipart(bytes: number): Octets {
  const boundary = '---=:parts?=';
  const parts = [
    'Content-Type: application/sdp\r\n\r\nv=0\r\no=- 1 1 IN IP4 203.0.113.7\r\ns=-\r\nt=0 0\r\n',
    'Content-Type: application/pidf+xml\r\nContent-ID: <loc@x>\r\n\r\n<presence>Malmö\n</presence>',
    `Content-Type: text/plain\r\n\r\n${'0123456789 ÅÄÖ\n'.repeat(bytes)}`,
  ];
  const text = `${boundary}\r\n${parts.join(`\r\n${boundary}\r\n`)}`;
  const end = `\r\n${boundary}--\r\n`;
  const whole = Buffer.from(text, 'utf8').subarray(0, bytes - end.length);
  return octetsOf(Buffer.concat([whole, Buffer.from(end)]));
}

function bodyOf(text: string): string {
  const at = text.indexOf('\r\n\r\n');
  return at < 0 ? NO_OCTETS : text.slice(at + 4);
}
