import { describe, expect, test } from '@jest/globals';
import { tokenIn } from '../../../lib/cluster/token-in.ts';
import { sipCallId, tagOf, uriText } from '../../../lib/sip/ids.ts';
import type { SipMessage, SipRequest } from '../../../lib/sip/message.ts';
import { type ClusterKey, type KeyId, tokenMint } from '../../../lib/sip/owner-token.ts';
import { parse } from '../../../lib/sip/parse.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';
import { someInvite } from '../guard/some-invite.ts';

const KEYS: readonly ClusterKey[] = [{ id: 'k1' as KeyId, secret: new Uint8Array(32).fill(7) }];
const { rng } = new VirtualWorld(1).world;
const tokenOf = (site: number, callId = 'one') =>
  tokenMint({ keys: KEYS, site, epoch: 1, rng })(true, sipCallId(callId)).tag;

const request = (method: string, toTag?: string, headers: readonly string[] = []): SipRequest => {
  const invite = someInvite({ headers });
  const tag = toTag === undefined ? undefined : tagOf(toTag);
  return { ...invite, method, to: { ...invite.to, tag } };
};
const dialled = (message: SipRequest, user: string): SipRequest => ({
  ...message,
  uri: uriText(`sip:${user}@198.51.100.11`),
});
const response = (fromTag: string, branch: string): SipMessage => {
  const lines = [
    'SIP/2.0 200 OK',
    `Via: SIP/2.0/UDP 198.51.100.11;branch=${branch}`,
    `From: <sip:a@b>;tag=${fromTag}`,
    'To: <sip:c@d>;tag=theirs',
    'Call-ID: one',
    'CSeq: 2 BYE',
    'Content-Length: 0',
    '',
    '',
  ];
  const parsed = parse(Buffer.from(lines.join('\r\n'), 'latin1'));
  if (parsed.kind === 'fault') throw new Error(parsed.reason);
  return parsed;
};
const found = (message: SipMessage) => {
  const verdict = tokenIn(message, KEYS);
  return verdict.kind === 'valid' ? verdict.token.site : verdict.kind;
};

describe('whose a message is', () => {
  test('says the token in our tag first of all', () => {
    const headers = [`Replaces: one;to-tag=${tokenOf(2)};from-tag=x`];
    const bye = dialled(request('BYE', tokenOf(1), headers), tokenOf(3));
    expect(found(bye)).toBe(1);
    expect(found(response(tokenOf(1), `z9hG4bK${tokenOf(2)}.7`))).toBe(1);
  });

  test('says the R-URI user where the tag says nothing', () => {
    expect(found(dialled(request('BYE', 'mangled'), tokenOf(3)))).toBe(3);
    expect(found(dialled(request('BYE', 'mangled'), '112'))).toBe('none');
  });

  test('says the branch of a response where the tag says nothing', () => {
    expect(found(response('mangled', `z9hG4bK${tokenOf(4)}.3z`))).toBe(4);
    expect(found(response('mangled', 'z9hG4bK4.3'))).toBe('none');
    expect(found(response('mangled', tokenOf(4)))).toBe('none');
  });

  test.each([
    [
      'The Replaces header contains information used to match an existing SIP dialog [3891-6.1]',
      'Replaces',
      'to-tag',
    ],
    [
      'The Join header contains information used to match an existing SIP dialog [3911-7.1]',
      'Join',
      'to-tag',
    ],
    [
      'Target-Dialog identifies the dialog by Call-ID, local tag and remote tag [4538-7]',
      'Target-Dialog',
      'remote-tag',
    ],
  ])('%s', (_, name, param) => {
    const value = (site: number, callId: string) =>
      `${name}: other;${param}=${tokenOf(site, callId)};from-tag=x;local-tag=y`;
    expect(found(request('INVITE', undefined, [value(5, 'other')]))).toBe(5);
    // The MAC is that of the Call-ID which is named there.
    expect(found(request('INVITE', undefined, [value(5, 'one')]))).toBe('forged');
  });

  test('an INVITE without a To-tag is a new call, whatever was dialled; so is its CANCEL', () => {
    expect(found(dialled(request('INVITE'), tokenOf(3)))).toBe('none');
    expect(found(dialled(request('CANCEL'), tokenOf(3)))).toBe('none');
  });

  test('a token of another call, or of nobody, is forged, and nothing behind it is believed', () => {
    const other = tokenOf(1, 'other');
    expect(found(dialled(request('BYE', other), tokenOf(3)))).toBe('forged');
    expect(found(request('BYE', `${tokenOf(1).slice(0, -1)}!`))).toBe('none');
    expect(found(request('BYE', 'v1k9.be.b.aaaaaaaa.aaaaaaaaaaaaaaaa'))).toBe('forged');
  });

  test('no host name, address or Route says anything', () => {
    const headers = [`Route: <sip:${tokenOf(6)}@198.51.100.11;lr>`];
    expect(found(dialled(request('BYE', 'x', headers), 'bob'))).toBe('none');
  });
});
