import { expect } from '@jest/globals';
import { octetsOfText } from '../../../../lib/base/brands.ts';
import { header } from '../../../../lib/sip/header-names.ts';
import { headerValue, headerValues } from '../../../../lib/sip/headers.ts';
import { asking, calling, GW, NOTHING, OFFER, talking } from '../call.ts';
import { type Promised, promised } from '../promise.ts';

const UTF8 = octetsOfText('"Åsa Öberg ☎" <sip:asa@räksmörgås.example>');
/** As long as an Identity with its certificate's address is. */
const LONG = `eyJ${'aGVsbG8'.repeat(250)};info=<https://cert.example/x.pem>;alg=ES256;ppt=shaken`;

/** Header lines cross as they are written. */
export const HEADER_LINES: readonly Promised[] = [
  promised('ours leave byte for byte, long ones and UTF-8 included [3261-7.3.1]', async (stage) => {
    const extra = [
      header('X-Name', UTF8),
      header('Identity', LONG),
      header('Geolocation', '<cid:loc@x>, <https://lis.example/112?token=%41;x>'),
      header('Call-Info', '<urn:emergency:uid:callid:abc:x>;purpose=emergency-CallId'),
      header('X-Quoted', '"a, b \\" ; c", "d"'),
      header('X-Empty', ''),
    ];
    const { invite } = await calling(stage, { headers: [...OFFER.headers, ...extra] });
    for (const { name, value } of extra) {
      expect(headerValue(invite.message.headers, name)).toBe(value);
    }
    expect(invite.text).toContain(UTF8);
    expect(invite.text).toContain(LONG);
  }),

  promised(
    'The relative order of header field rows with the same field-name is important: of ours [3261-7.3.1]',
    async (stage) => {
      const headers = ['one', 'two', 'three'].flatMap((value) => [
        header('X-Same', value),
        header('X-Between', value),
      ]);
      const call = await talking(stage);
      const { heard } = await asking(stage, call, 'INFO', { headers });
      expect(headerValues(heard.message.headers, 'x-same')).toEqual(['one', 'two', 'three']);
      expect(headerValues(heard.message.headers, 'x-between')).toEqual(['one', 'two', 'three']);
    },
  ),

  promised(
    'ours leave as the node has ordered and spelt them',
    async (stage) => {
      const lines = ['x-lower: 1', 'X-UPPER: 2', 'History-Info: <sip:a@b>', 'X-lower: 3'];
      const headers = lines.map((line) => header(...(line.split(': ') as [string, string])));
      const { invite } = await calling(stage, { ...NOTHING, headers });
      const left = invite.text.split('\r\n').filter((line) => lines.includes(line));
      expect(left).toEqual(lines);
    },
    { ability: 'keep-lines' },
  ),

  promised(
    'The relative order of header field rows with the same field-name is important: of theirs [3261-7.3.1]',
    async (stage) => {
      const { invite } = await calling(stage);
      const headers = ['X-Same: one', 'Warning: 399 a "1"', 'X-Same: two', 'Warning: 399 b "2"'];
      stage.gateway.answers(invite, 183, { headers });
      const told = await stage.told('ringing');
      expect(headerValues(told.headers, 'x-same')).toEqual(['one', 'two']);
      expect(headerValues(told.headers, 'warning')).toEqual(['399 a "1"', '399 b "2"']);
    },
  ),

  promised(
    'theirs come in byte for byte, long ones and UTF-8 included [3261-7.3.1]',
    async (stage) => {
      const { invite } = await calling(stage);
      const headers = [`X-Name: ${UTF8}`, `Identity: ${LONG}`, 'X-Quoted: "a, b \\" ; c", "d"'];
      stage.gateway.answers(invite, 200, { headers });
      const told = await stage.told('answered');
      expect(headerValue(told.headers, 'x-name')).toBe(UTF8);
      expect(headerValue(told.headers, 'identity')).toBe(LONG);
      expect(headerValue(told.headers, 'x-quoted')).toBe('"a, b \\" ; c", "d"');
    },
  ),

  promised(
    'Header fields can be extended over multiple lines by preceding each extra line with at least one SP or horizontal tab: they come in as one [3261-7.3.1]',
    async (stage) => {
      const { invite } = await calling(stage);
      const headers = ['X-Folded: one\r\n two\r\n\t three', 'X-Next: y'];
      stage.gateway.answers(invite, 183, { headers });
      const told = await stage.told('ringing');
      expect(headerValue(told.headers, 'x-folded')).toBe('one two three');
      expect(headerValue(told.headers, 'x-next')).toBe('y');
    },
  ),

  promised(
    'A compact form MAY be substituted for the longer form of a header field name at any time without changing the semantics of the message [3261-7.3.3]',
    async (stage) => {
      const { leg, invite } = await talking(stage);
      const headers = ['s: the subject', 'c: text/plain', 'o: presence', 'y: abc;info=<x>'];
      stage.gateway.asks(invite, 'NOTIFY', { headers, body: 'abc' });
      const told = await stage.told('asked');
      expect(told).toMatchObject({ leg, tag: GW, body: 'abc' });
      const names = ['subject', 'content-type', 'event', 'identity'];
      const values = names.map((name) => headerValue(told.headers, name));
      expect(values).toEqual(['the subject', 'text/plain', 'presence', 'abc;info=<x>']);
    },
  ),

  promised(
    'the engine understands a gateway that writes everything in its compact form, in any case [3261-7.3.1]',
    async (stage) => {
      const { leg, invite } = await calling(stage);
      const { message } = invite;
      const value = (name: string) => headerValue(message.headers, name);
      stage.gateway.say(
        [
          'SIP/2.0 200 Fine',
          `v: ${value('via')}`,
          `F:${value('from')}`,
          `T : ${value('to')};tag=gw`,
          `i: ${message.callId}`,
          `cSEQ: ${value('cseq')}`,
          `m: <${stage.gateway.uri}>`,
          'l: 0',
          '',
          '',
        ].join('\r\n'),
      );
      expect(await stage.told('answered')).toMatchObject({ leg, tag: GW, reason: 'Fine' });
      stage.engine.acknowledge(leg, GW, NOTHING);
      expect((await stage.gateway.hears('ACK')).message.uri).toBe(stage.gateway.uri);
    },
  ),
];
