import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { writeAddress } from '../../lib/sip/address.ts';
import { complaintsOf } from '../support/sipp.ts';
import { headerOf } from '../support/sipp-logs.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { type SipPacket, startCapture } from '../support/tshark.ts';

const NET = '127.21.1';
jest.setTimeout(60_000);
/** `v1<kid>.<site#><class>.<epoch>.<dialog>.<mac80>`. */
const TOKEN = /^v1[a-z][a-z0-9]*\.[a-z2-7]+\.[a-z2-7]+\.[a-z2-7]{8,}\.[a-z2-7]{16}$/;

describe('a call leaves anycast', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({ net: NET });
  });
  afterAll(async () => {
    expect(await stage.close()).toBe(0);
  });

  test('180 and 200 come from A with Contact at U, and ACK and BYE at U end the call', async () => {
    const { site, caller } = stage;
    const [a, u] = [writeAddress(site.anycast), writeAddress(site.unicast)];
    await stage.gateway('uas-answer', { pauseMs: 50 });
    const capture = await startCapture(stage.folder, [5060]);
    const end = await stage.call('uac-honours-contact', { pauseMs: 200, keepMessages: true });
    const packets = (await capture.stop()).filter(between(writeAddress(caller)));
    expect(complaintsOf(end)).toBe('');

    const [invite] = packets.filter(({ method }) => method === 'INVITE');
    expect(invite?.to).toBe(a);
    const responses = packets.filter(({ status, cseq }) => status > 100 && cseq === '1 INVITE');
    expect(responses.map(({ status }) => status)).toEqual([180, 200]);
    for (const { from, contact, toTag } of responses) {
      expect(from).toBe(a);
      expect(contact).toBe(`sip:${toTag}@${u}`);
      expect(toTag).toMatch(TOKEN);
      expect(toTag.length).toBeLessThanOrEqual(44);
    }
    expect(routesOf(packets, 'ACK')).toEqual([u]);
    expect(routesOf(packets, 'BYE')).toEqual([u]);
    expect(packets.find(({ cseq, status }) => cseq === '2 BYE' && status === 200)?.from).toBe(u);

    const record = await site.recordOf(invite?.callId ?? '');
    expect(record).toMatchObject({ moved: 'moved', reason: 'caller-hung-up', status: 200 });
    expect(record).toMatchObject({ receivedOn: `A udp:${a}`, emergency: true, fault: 'none' });
    await stage.stopGateways();
  });

  test('no response and no request of the node carries a Record-Route', async () => {
    const gateway = await stage.gateway('uas-answer', { keepMessages: true, calls: 1 });
    const end = await stage.call('uac-honours-contact', { keepMessages: true });
    const { messages } = await gateway.ended;
    for (const { text } of [...messages, ...end.messages]) {
      expect(headerOf(text, 'Record-Route')).toBe('');
    }
    await stage.stopGateways();
  });

  test('an INVITE straight to U is answered there, and its record says so', async () => {
    await stage.gateway('uas-answer');
    const remote = stage.site.unicast;
    const end = await stage.call('uac-honours-contact', { remote, keepMessages: true });
    expect(complaintsOf(end)).toBe('');
    const record = await stage.site.recordOf(headerOf(end.messages[0]?.text ?? '', 'Call-ID'));
    expect(record.receivedOn).toBe(`U udp:${writeAddress(remote)}`);
    expect(record.reason).toBe('caller-hung-up');
    await stage.stopGateways();
  });

  test("sipp's own caller, which ignores Contact, has its call and stays on A", async () => {
    await stage.gateway('sn:uas');
    const end = await stage.call('sn:uac', { keepMessages: true, pauseMs: 100 });
    expect(complaintsOf(end)).toBe('');
    const record = await stage.site.recordOf(headerOf(end.messages[0]?.text ?? '', 'Call-ID'));
    expect(record).toMatchObject({ moved: 'stayed', reason: 'caller-hung-up', status: 200 });
    await stage.stopGateways();
  });

  test('1,000 calls carry 1,000 different tokens, and all of them move', async () => {
    const before = stage.site.records().length;
    await stage.gateway('uas-answer');
    const load = { calls: 1000, perSec: 200, atOnceMax: 500, keepMessages: true };
    const end = await stage.call('uac-honours-contact', load);
    expect(complaintsOf(end)).toBe('');
    expect(end.succeeded).toBe(1000);
    const answers = end.messages.filter(
      ({ direction, text }) =>
        direction === 'received' &&
        text.startsWith('SIP/2.0 200') &&
        headerOf(text, 'CSeq') === '1 INVITE',
    );
    const tags = new Set(answers.map(({ text }) => headerOf(text, 'To').split(';tag=')[1]));
    expect(tags.size).toBe(1000);
    const records = (await stage.site.recordsOf(before + 1000)).slice(before);
    expect(records.filter(({ moved }) => moved === 'moved')).toHaveLength(1000);
    await stage.stopGateways();
  });
});

const between = (caller: string) => (packet: SipPacket) =>
  packet.from === caller || packet.to === caller;

const routesOf = (packets: readonly SipPacket[], wanted: string) =>
  packets.filter(({ method }) => method === wanted).map(({ to }) => to);
