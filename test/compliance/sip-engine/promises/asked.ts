import { expect } from '@jest/globals';
import { header } from '../../../../lib/sip/header-names.ts';
import { headerValue } from '../../../../lib/sip/headers.ts';
import { GW, ourContact, replyOf, SDP, SDP_TYPE, talking } from '../call.ts';
import { type Promised, promised } from '../promise.ts';

const CARRIED = ['UPDATE', 'INFO', 'MESSAGE', 'SUBSCRIBE', 'NOTIFY'];
const NAME_THE_TARGET = ['UPDATE', 'SUBSCRIBE', 'NOTIFY'];

/** Requests of the gateway within a dialog, re-INVITEs apart. */
export const ASKED: readonly Promised[] = [
  ...CARRIED.map((method) =>
    promised(
      `${method} waits for the node, and gets what it replies [3261-12.2.2]`,
      async (stage) => {
        const { leg, invite } = await talking(stage);
        const headers = [SDP_TYPE, 'X-Any: y'];
        stage.gateway.asks(invite, method, { headers, body: SDP, hops: 12 });
        const told = await stage.told('asked');
        expect(told).toMatchObject({ leg, method, tag: GW, maxForwards: 12, body: SDP });
        expect(headerValue(told.headers, 'x-any')).toBe('y');
        expect(told.receivedOn.listener).toMatchObject({ role: 'gateway' });
        expect(told.receivedOn.source.address).toBe(stage.gateway.at.address);
        await stage.settle();
        expect(stage.gateway.unheard).toEqual([]);
        const own = [header('Content-Type', 'application/sdp'), header('X-Other', 'z')];
        stage.engine.reply(leg, told.request, replyOf(stage, 200, { headers: own, body: SDP }));
        const { message } = await stage.gateway.isTold(`200 ${method}`);
        expect(message.body).toBe(SDP);
        expect(message.reason).toBe('As Replied');
        expect(headerValue(message.headers, 'x-other')).toBe('z');
        const contact = NAME_THE_TARGET.includes(method) ? `<${ourContact(stage)}>` : undefined;
        expect(headerValue(message.headers, 'contact')).toBe(contact);
      },
    ),
  ),

  promised(
    'a refusal of the node goes back with its headers, and the call stays',
    async (stage) => {
      const { leg, invite } = await talking(stage);
      stage.gateway.asks(invite, 'INFO');
      const { request } = await stage.told('asked');
      const headers = [header('Warning', '399 x "y"'), header('Supported', 'not-ours')];
      stage.engine.reply(leg, request, replyOf(stage, 469, { headers }));
      const { message, text } = await stage.gateway.isTold('469 INFO');
      expect(headerValue(message.headers, 'warning')).toBe('399 x "y"');
      expect(text).not.toContain('not-ours');
      stage.engine.hangUp(leg, GW, []);
      await stage.gateway.hears('BYE');
    },
  ),

  promised('each reply goes to its own request, and only the first one', async (stage) => {
    const { leg, invite } = await talking(stage);
    const first = stage.gateway.asks(invite, 'INFO');
    const { request: one } = await stage.told('asked');
    const second = stage.gateway.asks(invite, 'INFO');
    const { request: two } = await stage.told('asked');
    expect(one).not.toBe(two);
    stage.engine.reply(leg, two, replyOf(stage, 202));
    expect((await stage.gateway.isTold('202 INFO')).message.cseq.number).toBe(second.cseq);
    stage.engine.reply(leg, one, replyOf(stage, 200));
    expect((await stage.gateway.isTold('200 INFO')).message.cseq.number).toBe(first.cseq);
    stage.engine.reply(leg, one, replyOf(stage, 400));
  }),

  promised(
    'a request that comes again is told once, and gets its answer again [3261-17.2.2]',
    async (stage) => {
      const { leg, invite } = await talking(stage);
      const info = stage.gateway.asks(invite, 'INFO');
      const { request } = await stage.told('asked');
      stage.gateway.asksAgain(info);
      await stage.settle();
      stage.engine.reply(leg, request, replyOf(stage, 200));
      await stage.gateway.isTold('200 INFO');
      stage.gateway.asksAgain(info);
      await stage.gateway.hearsAgain('200 INFO');
    },
    { only: 'udp' },
  ),

  promised(
    'An OPTIONS request received within a dialog generates a 200 (OK) response that is identical to one constructed outside a dialog and does not have any impact on the dialog [3261-11.2]',
    async (stage) => {
      const { invite } = await talking(stage);
      stage.gateway.asks(invite, 'OPTIONS');
      const { message } = await stage.gateway.isTold('200 OPTIONS');
      expect(headerValue(message.headers, 'allow')).toContain('INVITE');
    },
  ),

  ...['REFER', 'PUBLISH'].map((method) =>
    promised(
      `${method}: the UAS MUST generate a 405 (Method Not Allowed) response and MUST add an Allow header field; the call stays [3261-8.2.1]`,
      async (stage) => {
        const { leg, invite } = await talking(stage);
        stage.gateway.asks(invite, method, { headers: ['Refer-To: <sip:x@203.0.113.1>'] });
        const { message } = await stage.gateway.isTold(`405 ${method}`);
        const allowed = headerValue(message.headers, 'allow') ?? '';
        expect(allowed).toContain('INVITE');
        expect(allowed).not.toContain(method);
        const told = await stage.told('declined');
        expect(told).toMatchObject({ leg, method, status: 405 });
        expect(told.receivedOn.source.address).toBe(stage.gateway.at.address);
        stage.gateway.asks(invite, 'BYE');
        await stage.gateway.isTold('200 BYE');
        await stage.told('hung-up');
      },
    ),
  ),

  promised(
    'the request is out of order and MUST be rejected with a 500 (Server Internal Error) response [3261-12.2.2]',
    async (stage) => {
      const { leg, invite } = await talking(stage);
      stage.gateway.asks(invite, 'INFO', { cseq: 7 });
      const { request } = await stage.told('asked');
      stage.engine.reply(leg, request, replyOf(stage, 200));
      await stage.gateway.isTold('200 INFO');
      stage.gateway.asks(invite, 'INFO', { cseq: 6 });
      await stage.gateway.isTold('500 INFO');
    },
  ),

  promised(
    'If the Max-Forwards value reaches 0 before the request reaches its destination, it will be rejected with a 483 (Too Many Hops) error response [3261-8.1.1.6]',
    async (stage) => {
      const { invite } = await talking(stage);
      stage.gateway.asks(invite, 'INFO', { hops: 0 });
      await stage.gateway.isTold('483 INFO');
    },
  ),

  promised(
    'a target refresh that the node accepts moves the dialog to the new Contact, one that it refuses does not [3261-12.2.2]',
    async (stage) => {
      const { leg, invite } = await talking(stage);
      const moved = stage.gateway.uri.replace('gw@', 'moved@');
      for (const [contact, status] of [
        [moved, 200],
        ['sip:gw@10.0.9.9', 488],
      ] as const) {
        stage.gateway.asks(invite, 'UPDATE', { contact });
        const { request } = await stage.told('asked');
        stage.engine.reply(leg, request, replyOf(stage, status));
        await stage.gateway.isTold(`${status} UPDATE`);
      }
      stage.engine.hangUp(leg, GW, []);
      const { message } = await stage.gateway.hears('BYE');
      expect(message.uri).toBe(moved);
    },
    { ability: 'move-the-target' },
  ),
];
