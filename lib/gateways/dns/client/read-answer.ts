import { isIPv4, isIPv6 } from 'node:net';
import type { Answer, DecodedPacket } from 'dns-packet';
import type {
  AddressRecord,
  NameAnswer,
  NameFailure,
  NameQuestion,
  NameRecord,
} from '../../../ports/name-service.ts';
import { plainName } from '../dns-name.ts';

/** How many records of one answer are taken; no service has more servers than a hunt has hops. */
export const RECORDS_MAX = 32;
const ALIASES_MAX = 8;

/** Reads what a server says to a question, from its whole answer. [1035-4.1] */
export function readAnswer(packet: DecodedPacket, question: NameQuestion): NameAnswer {
  const code = (packet.flags ?? 0) & 15;
  const failure = FAILURES.get(code);
  if (failure !== undefined) return { kind: 'failed', why: failure };
  if (code !== NO_ERROR && code !== NO_NAME) return { kind: 'failed', why: 'garbled' };
  const answers = ofInternet(packet.answers);
  const authorities = ofInternet(packet.authorities);
  const { name, ttls, isAlias } = followAliases(question.name, answers);
  const found = answers.filter((one) => one.type === question.type && isNamed(one, name));
  const records = found.flatMap(recordOf).slice(0, RECORDS_MAX);
  if (records.length > 0) {
    const beside = addressesBeside(records, ofInternet(packet.additionals));
    return { kind: 'records', records, beside, ttlSec: least([...ttls, ...found.map(ttlOf)]) };
  }
  const soa = authorities.find((one) => one.type === 'SOA');
  if (code === NO_ERROR && soa === undefined) {
    if (isAlias) return { kind: 'alias', to: name, ttlSec: least(ttls) };
    // It sends us on to other servers: it does not look up names for others.
    if (authorities.some(({ type }) => type === 'NS')) return { kind: 'failed', why: 'REFUSED' };
  }
  const why = code === NO_NAME ? 'NXDOMAIN' : 'NODATA';
  return { kind: 'nothing', why, ttlSec: soa === undefined ? undefined : nothingFor(soa, ttls) };
}

const NO_ERROR = 0;
const NO_NAME = 3;
const FAILURES: ReadonlyMap<number, NameFailure> = new Map([
  [1, 'FORMERR'],
  [2, 'SERVFAIL'],
  [4, 'NOTIMP'],
  [5, 'REFUSED'],
]);

type InternetAnswer = Exclude<Answer, { type: 'OPT' }>;

function ofInternet(answers: readonly Answer[] = []): readonly InternetAnswer[] {
  return answers.filter(
    (one): one is InternetAnswer => one.type !== 'OPT' && (one.class ?? 'IN') === 'IN',
  );
}

/** Where the names that stand for others lead within the answer. */
function followAliases(asked: string, answers: readonly InternetAnswer[]) {
  let name = asked;
  const ttls: number[] = [];
  for (let count = 0; count < ALIASES_MAX; count += 1) {
    const alias = answers.find((one) => one.type === 'CNAME' && isNamed(one, name));
    if (alias?.type !== 'CNAME') break;
    ttls.push(ttlOf(alias));
    name = plainName(alias.data);
  }
  return { name, ttls, isAlias: name !== asked };
}

function recordOf(answer: InternetAnswer): readonly NameRecord[] {
  switch (answer.type) {
    case 'A':
      return isIPv4(answer.data) ? [{ type: 'A', address: answer.data }] : [];
    case 'AAAA':
      return isIPv6(answer.data) ? [{ type: 'AAAA', address: answer.data }] : [];
    case 'SRV': {
      const { priority = 0, weight = 0, port, target } = answer.data;
      return [{ type: 'SRV', priority, weight, port, target: plainName(target) }];
    }
    case 'NAPTR': {
      const { services: service, replacement, ...rest } = answer.data;
      return [{ type: 'NAPTR', ...rest, service, replacement: plainName(replacement) }];
    }
    default:
      return [];
  }
}

function addressesBeside(records: readonly NameRecord[], additionals: readonly InternetAnswer[]) {
  const beside = new Map<string, readonly AddressRecord[]>();
  for (const record of records) {
    if (record.type !== 'SRV') continue;
    const addresses = additionals
      .filter((one) => isNamed(one, record.target))
      .flatMap((one): AddressRecord[] =>
        one.type === 'A' || one.type === 'AAAA' ? [{ type: one.type, address: one.data }] : [],
      );
    if (addresses.length > 0) beside.set(record.target, addresses.slice(0, RECORDS_MAX));
  }
  return beside;
}

/** How long it may be remembered that there is nothing. [2308-5] */
function nothingFor(soa: InternetAnswer, ttls: readonly number[]): number {
  const minimum = soa.type === 'SOA' ? (soa.data.minimum ?? 0) : 0;
  return least([...ttls, ttlOf(soa), minimum]);
}

function isNamed({ name }: InternetAnswer, wanted: string): boolean {
  return plainName(name) === wanted;
}

const ttlOf = ({ ttl = 0 }: InternetAnswer) => ttl;

/** Records of one name that differ in their TTL all have the least. [2181-5.2] */
function least(ttls: readonly number[]): number {
  return Math.min(...ttls);
}
