import { describe, expect, test } from '@jest/globals';
import {
  type BranchMark,
  type Claim,
  claimId,
  type Mark,
  type Origin,
} from '../../../lib/cluster/claims/claim.ts';
import {
  readClaim,
  readMark,
  writeClaim,
  writeMark,
} from '../../../lib/cluster/claims/claim-text.ts';
import {
  readFound,
  readVerdict,
  writeFound,
  writeVerdict,
} from '../../../lib/cluster/claims/verdict-text.ts';
import { decodeFrame, encodeFrame, type Frame } from '../../../lib/cluster/links/frame.ts';
import {
  readAnswer,
  readReturn,
  readStray,
  writeAnswer,
  writeReturn,
  writeStray,
} from '../../../lib/cluster/relay/stray-frame.ts';
import type { RelayedStray } from '../../../lib/ports/neighbours.ts';
import type { ClaimKey } from '../../../lib/sip/claim-key.ts';

/**
 * What sites of version 1 say, byte by byte, written down when it was spoken first. These bytes are
 * not written anew: sites that speak them are out there, and a call of theirs may be up.
 */
const body = Buffer.from('[1]');
const FRAMES: readonly (readonly [hex: string, frame: Frame])[] = [
  [
    '0000000d 01 01 01 0002 0001 00006b0702c0',
    { kind: 'hello', oldest: 1, from: 2, to: 1, epoch: 1_795_621_568 },
  ],
  ['00000006 01 02 00000007', { kind: 'beat', number: 7 }],
  ['00000006 01 03 00000007', { kind: 'echo', number: 7 }],
  [
    '0000000b 01 04 0000002a 00 00 5b315d',
    { kind: 'ask', id: 42, rank: 'vital', subject: 'claim', body },
  ],
  [
    '0000000b 01 04 0000002a 00 01 5b315d',
    { kind: 'ask', id: 42, rank: 'vital', subject: 'find', body },
  ],
  [
    '0000000b 01 04 0000002a 01 03 5b315d',
    { kind: 'ask', id: 42, rank: 'emergency', subject: 'stray', body },
  ],
  ['00000009 01 05 0000002a 5b315d', { kind: 'answer', id: 42, body }],
  ['00000006 01 06 0000002a', { kind: 'pass', id: 42 }],
  ['00000007 01 07 00 02 5b315d', { kind: 'tell', rank: 'vital', subject: 'held', body }],
  ['00000007 01 07 02 04 5b315d', { kind: 'tell', rank: 'ordinary', subject: 'send', body }],
  ['00000003 01 08 00', { kind: 'leave', why: 'closing' }],
  ['00000003 01 08 01', { kind: 'leave', why: 'surplus' }],
  ['00000003 01 08 02', { kind: 'leave', why: 'version' }],
  ['00000003 01 08 03', { kind: 'leave', why: 'wrong-site' }],
  ['00000003 01 08 04', { kind: 'leave', why: 'old-epoch' }],
];

const K = 'K'.repeat(43);
const B = 'B'.repeat(43);
const O = 'O'.repeat(43);
const mark: Mark = {
  key: `${K}=` as ClaimKey,
  branch: `${B}=` as BranchMark,
  origin: `${O}=` as Origin,
  isVerified: true,
};
const owner = { site: 2, epoch: 1_795_621_568 };
const claim: Claim = {
  id: claimId(owner, 9),
  key: mark.key,
  owner,
  serial: 9,
  branches: [mark.branch],
  origin: mark.origin,
  isVerified: true,
  phase: 'ringing',
  isRefused: false,
};
const CLAIM = `["${K}=",2,1795621568,9,["${B}="],"${O}=",true,"ringing"]`;
/** A newer site says whether the caller was told, behind what an older one reads. */
const NEWER = CLAIM.replace(/\]$/, ',false]');
const MARK = `["${K}=","${B}=","${O}=",true]`;
const STRAY = '[7,"203.0.113.7",5061,"udp","anycast","192.0.2.112",5060]';

describe('what version 1 says', () => {
  test.each(FRAMES)('%s is a frame, and is written so', (hex, frame) => {
    const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    expect(encodeFrame(frame, 1).toString('hex')).toBe(bytes.toString('hex'));
    expect(decodeFrame(bytes.subarray(4))).toEqual({ what: 'frame', version: 1, frame });
  });

  test('a claim, what an INVITE is known by, and how far a call is', () => {
    expect(writeClaim(claim)).toBe(NEWER);
    expect([readClaim(CLAIM), readClaim(NEWER)]).toEqual([claim, claim]);
    expect(writeMark(mark)).toBe(MARK);
    expect(readMark(MARK)).toEqual(mark);
    for (const phase of ['claiming', 'dialing', 'ringing', 'answered', 'failed'])
      expect(readClaim(CLAIM.replace('ringing', phase))?.phase).toBe(phase);
  });

  test('what a holder answers', () => {
    const words = [
      ['new', { kind: 'new' }],
      ['tombstone', { kind: 'tombstone' }],
      [`joined ${CLAIM}`, { kind: 'joined', claim }],
      [`retransmission ${CLAIM}`, { kind: 'retransmission', claim }],
    ] as const;
    for (const [text, verdict] of words) {
      expect(writeVerdict(verdict)).toBe(text.replace(CLAIM, NEWER));
      expect(readVerdict(text)).toEqual(verdict);
    }
    expect([writeFound(claim), writeFound(undefined)]).toEqual([`found ${NEWER}`, 'nobody']);
    expect([readFound(`found ${CLAIM}`), readFound('nobody')]).toEqual([claim, undefined]);
  });

  test('a stray, which a newer site writes so that an older one reads it', () => {
    const length = Buffer.of(0, STRAY.length);
    const bytes = Buffer.concat([length, Buffer.from(STRAY), Buffer.from('BYE ...')]);
    const stray: RelayedStray = {
      number: 7,
      source: { address: '203.0.113.7', port: 5061 },
      transport: 'udp',
      listener: { role: 'anycast', address: '192.0.2.112', port: 5060 },
      emergency: true,
      raw: Buffer.from('BYE ...'),
    };
    expect(readStray(bytes)).toEqual(stray);
    const written = writeStray(stray).toString('latin1');
    expect(written.slice(2)).toMatch(/^\[7,"203.0.113.7",5061,"udp","anycast","192.0.2.112",5060,/);
    expect(written).toMatch(/\]BYE \.\.\.$/);
  });

  test('what the owner of a stray answers, and what it wants to be sent', () => {
    const answers = [
      ['carried', { kind: 'carried' }],
      ['unknown', { kind: 'unknown' }],
      ['moved 12', { kind: 'moved', to: 12 }],
    ] as const;
    for (const [text, answer] of answers) {
      expect(writeAnswer(answer).toString()).toBe(text);
      expect(readAnswer(Buffer.from(text))).toEqual(answer);
    }
    const back = { number: 7, raw: Buffer.from('SIP') };
    expect(writeReturn(back).toString('hex')).toBe('00000007534950');
    expect(readReturn(Buffer.from('00000007534950', 'hex'))).toEqual(back);
  });
});
