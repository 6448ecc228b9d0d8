import { languagesIn, spokenOf } from '../../../lib/sip/accept-language.ts';
import { certifiedIn, isCertified } from '../../../lib/sip/certified.ts';
import { header } from '../../../lib/sip/header-names.ts';
import { sipCallId } from '../../../lib/sip/ids.ts';
import {
  contactUri,
  parseNameAddr,
  preferenceOf,
  withoutTag,
  withTag,
} from '../../../lib/sip/name-addr.ts';
import {
  type ClusterKey,
  type KeyId,
  TOKEN_LENGTH_MAX,
  tokenMint,
  verifyToken,
} from '../../../lib/sip/owner-token.ts';
import { readParams, withoutParams } from '../../../lib/sip/params.ts';
import { splitList } from '../../../lib/sip/quoting.ts';
import { restMsIn } from '../../../lib/sip/retry-after.ts';
import { readStartLine } from '../../../lib/sip/start-line.ts';
import { parseUri, sipUri, uriUser } from '../../../lib/sip/uri.ts';
import { parseVia, responseAddress, stampVia } from '../../../lib/sip/via.ts';
import type { Choices } from '../choices.ts';
import { mutated, swollen } from '../generators/mutate.ts';
import { headerLine, nameAddr, uri, via } from '../generators/values.ts';
import { must, mustBeSame, type Target } from '../target.ts';

const SOURCE = { address: '192.0.2.7', port: 1024 };
const KEY: ClusterKey = { id: 'k1' as KeyId, secret: new Uint8Array(32).fill(7) };
const CALL = sipCallId('843817637684230@998sdasdh09');

/** Single values, through everything that reads or rewrites one. */
export const VALUES: Target = {
  name: 'values',
  share: 26_000,
  run(choices) {
    const right = choices.pick([
      () => nameAddr(choices, 'tag'),
      () => via(choices),
      () => uri(choices),
      () => headerLine(choices)[1],
      () => `INVITE ${uri(choices)} SIP/2.0`,
      () => `DNS:op.example, URI:${uri(choices)}, IP Address:192.0.2.1, URI:"a\\"b"`,
      () => choices.octets(80),
    ])();
    const isRight = choices.chance(0.2);
    const swells = choices.chance(0.001);
    const value = isRight ? right : mutated(choices, swells ? swollen(choices, right) : right);
    choices.shown = value;
    readsAll(value);
    names(value);
    vias(value);
    uris(value);
    token(choices, value);
  },
};

function readsAll(value: string): void {
  readStartLine(value);
  const restMs = restMsIn(value);
  must(restMs === undefined || (restMs >= 0 && Number.isSafeInteger(restMs)), 'a rest', restMs);
  const languages = languagesIn([header('Accept-Language', value)]);
  spokenOf([{ language: 'sv' }, { language: 'en-GB' }], languages);
  isCertified(certifiedIn(value), 'op.example');
  const elements = splitList(value);
  mustBeSame(
    elements.map((one) => one.length > 0),
    elements.map(() => true),
    'an empty element',
  );
  const length = elements.reduce((sum, one) => sum + one.length, 0);
  must(length <= value.length, 'the elements of a list are longer than it');
}

function names(value: string): void {
  const read = parseNameAddr(value);
  contactUri(value);
  const q = preferenceOf(value);
  must(q >= 0 && q <= 1, 'a preference out of its range', q);
  if (read === undefined) return;
  const tagged = parseNameAddr(withTag(value, 'T'));
  mustBeSame(tagged?.tag, 'T', 'the tag that was set');
  if (!/[\0\r\n]/.test(value))
    mustBeSame(tagged?.uri, read.uri.replaceAll('>', '%3E'), 'the URI beside a tag');
  must(parseNameAddr(withoutTag(value))?.tag === undefined, 'a tag is left', withoutTag(value));
}

function vias(value: string): void {
  const read = parseVia(value);
  if (read === undefined) return;
  const stamped = parseVia(stampVia(value, SOURCE));
  must(stamped !== undefined, 'a stamped Via is none', stampVia(value, SOURCE));
  if (stamped === undefined) return;
  mustBeSame(stamped.branch, read.branch, 'the branch of a stamped Via');
  mustBeSame(stamped.rport, read.rport === undefined ? undefined : SOURCE.port, 'rport');
  const isElsewhere = read.rport !== undefined || read.host !== SOURCE.address;
  mustBeSame(stamped.received, isElsewhere ? SOURCE.address : undefined, 'received');
  const { address, port } = responseAddress(stamped, SOURCE);
  must(address === SOURCE.address && port >= 1 && port <= 65_535, 'another address', address, port);
}

function uris(value: string): void {
  const read = parseUri(value);
  uriUser(value);
  if (read.kind === 'sip') {
    must(read.port === undefined || (read.port >= 1 && read.port <= 65_535), 'port', read.port);
    const again = parseUri(sipUri(read, read.scheme));
    if (again.kind !== 'sip') throw new Error(`a SIP URI is written as ${sipUri(read)}`);
    mustBeSame({ ...again, headers: undefined }, { ...read, headers: undefined }, 'a URI');
  }
  const { list, at, end } = readParams(value, 0);
  must(at <= end && end <= value.length, 'parameters outside their text', at, end);
  must(withoutParams(value, list).length <= value.length, 'longer without its parameters');
}

/** A token that was changed in any way is not one of ours, and no value is. */
function token(choices: Choices, value: string): void {
  must(verifyToken(value, CALL, [KEY]).kind !== 'valid', 'a token that nobody made');
  if (!choices.chance(0.02)) return;
  const rng = {
    fraction: () => 0,
    bytes: (count: number) =>
      Buffer.from(choices.octets(200).padEnd(count, 'x'), 'latin1').subarray(0, count),
  };
  const emergency = choices.chance(0.5);
  const mint = tokenMint({
    keys: [KEY],
    site: choices.below(1024),
    epoch: choices.below(2 ** 31),
    rng,
  });
  const { tag, dialog } = mint(emergency, CALL);
  must(tag.length <= TOKEN_LENGTH_MAX, 'a token that is too long', tag);
  const read = verifyToken(tag.toUpperCase(), CALL, [KEY]);
  must(read.kind === 'valid' && read.token.dialog === dialog, 'a token of ours is not known', tag);
  const changed = mutated(choices, tag);
  if (changed.toLowerCase() === tag) return;
  must(verifyToken(changed, CALL, [KEY]).kind !== 'valid', 'a changed token is taken', changed);
}
