import { describe, expect, test } from '@jest/globals';
import { type Answer, decode, encode, type Packet } from 'dns-packet';
import { RECORDS_MAX } from '../../../../../lib/gateways/dns/client/read-answer.ts';
import { readReply, writeQuery } from '../../../../../lib/gateways/dns/client/wire.ts';
import type { NameQuestion } from '../../../../../lib/ports/name-service.ts';

const ID = 4711;
const GW: NameQuestion = { name: 'gw.psap.example', type: 'A' };
const SRV: NameQuestion = { name: '_sip._udp.psap.example', type: 'SRV' };
const SOA: Answer = {
  type: 'SOA',
  name: 'psap.example',
  ttl: 600,
  data: {
    mname: 'ns.psap.example',
    rname: 'hostmaster.psap.example',
    serial: 1,
    refresh: 1,
    retry: 1,
    expire: 1,
    minimum: 45,
  },
};
const NO_NAME = 3;

const address = (name: string, data: string, ttl = 60): Answer => ({ type: 'A', name, ttl, data });
const alias = (name: string, data: string, ttl = 60): Answer => ({
  type: 'CNAME',
  name,
  ttl,
  data,
});

/** The reply to a question as it stands on the wire. */
function replyTo({ name, type }: NameQuestion, changes: Partial<Packet> = {}): Buffer {
  return encode({ type: 'response', id: ID, questions: [{ name, type, class: 'IN' }], ...changes });
}

const read = (question: NameQuestion, changes: Partial<Packet> = {}) =>
  readReply(replyTo(question, changes), ID, question);
const answerOf = (question: NameQuestion, changes: Partial<Packet> = {}) =>
  read(question, changes)?.answer;

describe('a query', () => {
  test('has one question and asks for recursion [1035-4.1]', () => {
    const packet = decode(writeQuery(ID, SRV));
    expect(packet).toMatchObject({ id: ID, flag_qr: false, flag_rd: true, flag_tc: false });
    expect(packet.questions).toEqual([{ ...SRV, class: 'IN' }]);
    expect(packet.additionals).toEqual([]);
  });
});

describe('a reply', () => {
  test('is one only if id, name, type and class are those of the question [5452-9.1]', () => {
    const answers = [address(GW.name, '10.0.1.1')];
    expect(readReply(replyTo(GW, { answers }), ID, GW)).toBeDefined();
    expect(readReply(replyTo(GW, { answers }), ID + 1, GW)).toBeUndefined();
    expect(
      readReply(replyTo({ ...GW, name: 'other.example' }, { answers }), ID, GW),
    ).toBeUndefined();
    expect(readReply(replyTo(SRV, { answers }), ID, { ...SRV, type: 'A' })).toBeUndefined();
    const chaos = replyTo(GW, { questions: [{ ...GW, class: 'CH' }], answers });
    expect(readReply(chaos, ID, GW)).toBeUndefined();
    const two = replyTo(GW, { questions: [GW, GW], answers });
    expect(readReply(two, ID, GW)).toBeUndefined();
  });

  test('is no query', () => {
    expect(readReply(writeQuery(ID, GW), ID, GW)).toBeUndefined();
  });

  test('may have its question in other letters', () => {
    const shouted = { questions: [{ ...GW, name: 'GW.psap.EXAMPLE' }] };
    const answers = [address('gw.PSAP.example', '10.0.1.1')];
    expect(answerOf(GW, { ...shouted, answers })).toMatchObject({ kind: 'records' });
  });

  test('says when it has no room for everything', () => {
    expect(read(GW, { flags: 1 << 9 })?.isTruncated).toBe(true);
    expect(read(GW)?.isTruncated).toBe(false);
  });

  test.each([
    ['empty', Buffer.alloc(0)],
    ['half a header', Buffer.from([0x12, 0x67, 0x80])],
    [
      'a name that points at itself',
      Buffer.from('1267800000010000000000 00c00c00010001'.replace(/ /g, ''), 'hex'),
    ],
    ['noise', Buffer.alloc(512, 0xff)],
    ['cut short', replyTo(GW, { answers: [address(GW.name, '10.0.1.1')] }).subarray(0, -2)],
  ])('is not what is %s', (_, bytes) => {
    expect(readReply(bytes, 0x1267, GW)).toBeUndefined();
    expect(readReply(bytes, ID, GW)).toBeUndefined();
  });

  test.each([
    [1, 'FORMERR'],
    [2, 'SERVFAIL'],
    [4, 'NOTIMP'],
    [5, 'REFUSED'],
    [9, 'garbled'],
  ])('with code %i is a failure: %s', (code, why) => {
    expect(answerOf(GW, { flags: code })).toEqual({ kind: 'failed', why });
    expect(answerOf(GW, { flags: code, questions: [] })).toEqual({ kind: 'failed', why });
  });
});

describe('the answer in a reply', () => {
  test('has the records that were asked for, with the TTL they came with', () => {
    const { name } = SRV;
    const data = { priority: 1, weight: 20, port: 5060, target: 'GW.psap.example' };
    const others = [alias('other.example', 'x.example'), address('gw.psap.example', '10.0.9.9')];
    const answers: Answer[] = [{ type: 'SRV', name, ttl: 77, data }, ...others];
    expect(answerOf(SRV, { answers })).toEqual({
      kind: 'records',
      records: [{ type: 'SRV', ...data, target: 'gw.psap.example' }],
      beside: new Map(),
      ttlSec: 77,
    });
  });

  test('has NAPTR records whole', () => {
    const question: NameQuestion = { name: 'psap.example', type: 'NAPTR' };
    const data = {
      order: 10,
      preference: 20,
      flags: 's',
      services: 'SIP+D2U',
      regexp: '',
      replacement: '_sip._udp.psap.example',
    };
    const answer = answerOf(question, {
      answers: [{ type: 'NAPTR', name: 'psap.example', ttl: 5, data }],
    });
    const { services: service, ...rest } = data;
    expect(answer).toMatchObject({ records: [{ type: 'NAPTR', service, ...rest }], ttlSec: 5 });
  });

  test('has the least TTL of its records, since those of one name should not differ [2181-5.2]', () => {
    const answers = [address(GW.name, '10.0.1.1', 300), address(GW.name, '10.0.1.2', 20)];
    expect(answerOf(GW, { answers })).toMatchObject({ ttlSec: 20 });
  });

  test('follows names that stand for names within it, for as long as the shortest of them', () => {
    const answers = [
      address('c.example', '10.0.1.3', 300),
      alias('b.example', 'C.example', 200),
      alias(GW.name, 'b.example', 100),
    ];
    expect(answerOf(GW, { answers })).toMatchObject({
      kind: 'records',
      records: [{ type: 'A', address: '10.0.1.3' }],
      ttlSec: 100,
    });
  });

  test('names the name to go on with where it does not lead to records', () => {
    const answers = [alias(GW.name, 'gw.elsewhere.example', 30)];
    expect(answerOf(GW, { answers })).toEqual({
      kind: 'alias',
      to: 'gw.elsewhere.example',
      ttlSec: 30,
    });
  });

  test('that goes round in circles ends', () => {
    const answers = [alias(GW.name, 'b.example'), alias('b.example', GW.name)];
    expect(answerOf(GW, { answers })).toBeDefined();
  });

  test('has the addresses beside it of the targets that it names', () => {
    const data = { priority: 1, weight: 1, port: 5060, target: 'gw1.example' };
    const answers: Answer[] = [{ type: 'SRV', name: SRV.name, ttl: 60, data }];
    const additionals = [
      address('GW1.example', '10.0.1.1'),
      address('stranger.example', '10.0.1.9'),
    ];
    expect(answerOf(SRV, { answers, additionals })).toMatchObject({
      beside: new Map([['gw1.example', [{ type: 'A', address: '10.0.1.1' }]]]),
    });
  });

  test(`has ${RECORDS_MAX} records at most`, () => {
    const answers = Array.from({ length: 100 }, (_, index) => address(GW.name, `10.0.1.${index}`));
    const answer = answerOf(GW, { answers });
    expect(answer?.kind === 'records' && answer.records.length).toBe(RECORDS_MAX);
  });

  test('has no records of another class', () => {
    const answers: Answer[] = [
      { type: 'A', name: GW.name, ttl: 60, class: 'CH', data: '10.0.1.1' },
    ];
    expect(answerOf(GW, { answers })).toMatchObject({ kind: 'nothing' });
  });
});

describe('an answer that there is nothing', () => {
  test('holds for the minimum of the SOA or its TTL, whichever is less [2308-5]', () => {
    const short: Answer = { ...SOA, ttl: 10 };
    expect(answerOf(GW, { flags: NO_NAME, authorities: [SOA] })).toEqual({
      kind: 'nothing',
      why: 'NXDOMAIN',
      ttlSec: 45,
    });
    expect(answerOf(GW, { authorities: [short] })).toEqual({
      kind: 'nothing',
      why: 'NODATA',
      ttlSec: 10,
    });
  });

  test('holds for as long as the names that led to it, where that is less', () => {
    const answers = [alias(GW.name, 'b.example', 8)];
    expect(answerOf(GW, { flags: NO_NAME, answers, authorities: [SOA] })).toMatchObject({
      ttlSec: 8,
    });
  });

  test('does not say how long without an SOA', () => {
    expect(answerOf(GW)).toEqual({ kind: 'nothing', why: 'NODATA', ttlSec: undefined });
  });

  test('is not one of a server that sends us on to others', () => {
    const authorities: Answer[] = [{ type: 'NS', name: 'example', ttl: 60, data: 'ns.example' }];
    expect(answerOf(GW, { authorities })).toEqual({ kind: 'failed', why: 'REFUSED' });
  });
});
