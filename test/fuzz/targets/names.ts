import { type Answer, encode } from 'dns-packet';
import { RECORDS_MAX } from '../../../lib/gateways/dns/client/read-answer.ts';
import { readReply, writeQuery } from '../../../lib/gateways/dns/client/wire.ts';
import type { NameQuestion } from '../../../lib/ports/name-service.ts';
import type { Choices } from '../choices.ts';
import { mutated } from '../generators/mutate.ts';
import { must, type Target } from '../target.ts';

const ID = 4711;
const NAMES = ['gw.psap.example', '_sip._udp.psap.example', 'psap.example', 'other.example', '.'];

/** Replies of name servers, right and wrong. */
export const NAMES_TARGET: Target = {
  name: 'names',
  share: 2500,
  run(choices) {
    const asked: NameQuestion = {
      name: choices.pick(NAMES.slice(0, 3)),
      type: choices.pick(['A', 'SRV', 'NAPTR']),
    };
    must(readReply(writeQuery(ID, asked), ID, asked) === undefined, 'a query is taken for a reply');
    const right = encode({
      type: 'response',
      id: ID,
      flags: choices.chance(0.2) ? choices.below(16) : 0,
      questions: [{ ...asked, class: 'IN' }],
      answers: choices.list(6, () => anyAnswer(choices)),
      authorities: choices.list(2, () => anyAnswer(choices)),
      additionals: choices.list(3, () => anyAnswer(choices)),
    });
    const isRight = choices.chance(0.2);
    must(readReply(right, ID, asked) !== undefined, 'a right reply is none', right.toString('hex'));
    const bytes = isRight ? right : changed(choices, right);
    choices.shown = bytes;
    check(bytes, asked);
  },
};

function changed(choices: Choices, right: Buffer): Buffer {
  const bytes = Buffer.from(right);
  if (choices.chance(0.3)) return Buffer.from(mutated(choices, right.toString('latin1')), 'latin1');
  for (let left = choices.below(5); left >= 0; left -= 1) {
    // Behind the id and the question they are flags, counts, lengths and pointers.
    bytes[choices.between(2, bytes.length)] = choices.pick([
      0,
      0xc0,
      0x0c,
      1,
      0xff,
      choices.below(256),
    ]);
  }
  return bytes;
}

function check(bytes: Buffer, asked: NameQuestion): void {
  const { answer } = readReply(bytes, ID, asked) ?? {};
  if (answer === undefined || answer.kind === 'failed') return;
  const { ttlSec } = answer;
  must(ttlSec === undefined || (ttlSec >= 0 && Number.isFinite(ttlSec)), 'a TTL', ttlSec);
  if (answer.kind !== 'records') return;
  must(answer.records.length > 0, 'records without one');
  must(answer.records.length <= RECORDS_MAX, 'too many records', answer.records.length);
  must(answer.beside.size <= RECORDS_MAX, 'too many names beside', answer.beside.size);
  for (const record of answer.records) must(record.type === asked.type, 'another type', record);
}

function anyAnswer(choices: Choices): Answer {
  const name = choices.pick(NAMES);
  const target = choices.pick(NAMES);
  const ttl = choices.below(2 ** 31);
  const data = `10.0.1.${choices.below(256)}`;
  const order = choices.below(65_536);
  return choices.pick<Answer>([
    { type: 'A', name, ttl, data },
    { type: 'CNAME', name, ttl, data: target },
    { type: 'SRV', name, ttl, data: { priority: order, weight: order, port: order, target } },
    {
      type: 'NAPTR',
      name,
      ttl,
      data: {
        order,
        preference: order,
        flags: choices.pick(['s', 'a', '', 'U']),
        services: choices.pick(['SIP+D2U', 'SIP+D2T', 'sips+d2t', '']),
        regexp: '',
        replacement: target,
      },
    },
    { type: 'NS', name, ttl, data: target },
    { type: 'TXT', name, ttl, data: choices.octets(20) },
    {
      type: 'SOA',
      name,
      ttl,
      data: {
        mname: target,
        rname: target,
        serial: 1,
        refresh: 1,
        retry: 1,
        expire: 1,
        minimum: choices.below(2 ** 31),
      },
    },
  ]);
}
