import { describe, expect, test } from '@jest/globals';
import { octetsOf } from '../../../lib/base/brands.ts';
import { header } from '../../../lib/sip/header-names.ts';
import { contactUri, withTag } from '../../../lib/sip/name-addr.ts';
import { parse } from '../../../lib/sip/parse.ts';
import { parseUri, uriUser } from '../../../lib/sip/uri.ts';
import { stampVia } from '../../../lib/sip/via.ts';
import { writeRequest, writeResponse } from '../../../lib/sip/write.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';
import { asRequest, invite } from './sample.ts';

const SEED = 20_250_112;
const SOURCE = { address: '192.0.2.7', port: 1024 };
const NAMES = ['X-Any', 'Subject', 'k', 'Route', 'ALERT-info', 'Record-Route', 'x-any', 'Allow'];
const PIECES = ['\r\n', '\n', '\r', '\0', ' ', '\t', ':', ';', ',', '"', '\\', '<', '>', '=', '@'];

function pick<T>(random: () => number, from: readonly T[]): T {
  const picked = from[Math.floor(random() * from.length)];
  if (picked === undefined) throw new Error('nothing to pick from');
  return picked;
}

const EVERY_BYTE = Array.from({ length: 256 }, (_, code) => code);
const IN_A_VALUE = EVERY_BYTE.filter((code) => ![0, 10, 13].includes(code));

function randomText(random: () => number, lengthMax: number, codes = EVERY_BYTE): string {
  const length = Math.floor(random() * lengthMax);
  return String.fromCharCode(...Array.from({ length }, () => pick(random, codes)));
}

function randomRequest(random: () => number) {
  const value = () => randomText(random, 40, IN_A_VALUE).replaceAll(/^[ \t]+|[ \t]+$/g, '');
  const headers = [
    header('Via', 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1'),
    header('From', '<sip:a@x>;tag=1'),
    header('t', '<sip:b@y>'),
    header('Call-ID', 'c'),
    header('CSeq', '1 INVITE'),
  ];
  for (let count = random() * 20; count > 0; count -= 1) {
    const at = Math.floor(random() * (headers.length + 1));
    headers.splice(at, 0, header(pick(random, NAMES), value()));
  }
  const body = octetsOf(Buffer.from(randomText(random, 200), 'latin1'));
  return { method: 'INVITE', uri: 'sip:112@x', headers, body };
}

/** Everything that a received message goes through; only a throw is a failure. */
function survive(bytes: Buffer): string {
  const parsed = parse(bytes);
  for (const { value } of parsed.headers) {
    stampVia(value, SOURCE);
    withTag(value, 'T');
    parseUri(contactUri(value) ?? value);
    uriUser(value);
  }
  if (parsed.kind === 'request') parse(writeRequest(parsed));
  if (parsed.kind === 'response') parse(writeResponse(parsed));
  return parsed.kind;
}

describe(`random messages, seed ${SEED}`, () => {
  test('what is written reads back with its headers in their order and its body', () => {
    const { random } = new VirtualWorld(SEED);
    for (let run = 0; run < 200; run += 1) {
      const request = randomRequest(random);
      const read = asRequest(writeRequest(request));
      expect(read.headers.slice(0, -1)).toEqual(request.headers);
      expect(read.headers.at(-1)?.name).toBe('content-length');
      expect(read.body).toBe(request.body);
      expect(read.oddities).toEqual([]);
      expect(writeRequest(read)).toEqual(writeRequest(request));
    }
  });

  test('no cut of a message throws', () => {
    const bytes = invite({ lines: ['Subject: folded', ' line'], body: 'v=0\r\n' });
    for (let length = 0; length <= bytes.length; length += 1) {
      survive(bytes.subarray(0, length));
      survive(bytes.subarray(length));
    }
    expect(survive(bytes)).toBe('request');
  });

  test('no mutation of a message throws, and what comes of it can be written', () => {
    const { random } = new VirtualWorld(SEED);
    const kinds = new Set<string>();
    for (let run = 0; run < 2000; run += 1) {
      let text = writeRequest(randomRequest(random)).toString('latin1');
      for (let count = random() * 6; count > 0; count -= 1) {
        const at = Math.floor(random() * text.length);
        const until = at + Math.floor(random() * random() * 30);
        const piece = random() < 0.7 ? pick(random, PIECES) : randomText(random, 6);
        text = text.slice(0, at) + piece + text.slice(random() < 0.5 ? at : until);
      }
      kinds.add(survive(Buffer.from(text, 'latin1')));
    }
    expect([...kinds].sort()).toEqual(['fault', 'request']);
  });

  test('no heap of bytes throws', () => {
    const { random } = new VirtualWorld(SEED);
    for (let run = 0; run < 1000; run += 1) {
      const noise = randomText(random, 300);
      survive(Buffer.from(noise, 'latin1'));
      survive(Buffer.from(`SIP/2.0 ${noise}`, 'latin1'));
      survive(Buffer.from(`INVITE ${noise}`, 'latin1'));
    }
  });
});
