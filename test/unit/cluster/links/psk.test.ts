import { describe, expect, test } from '@jest/globals';
import {
  keyFor,
  linkKey,
  readIdentity,
  writeHint,
  writeIdentity,
} from '../../../../lib/cluster/links/tls/psk.ts';
import type { ClusterKey, KeyId } from '../../../../lib/sip/owner-token.ts';

const key = (id: string, fill = 7): ClusterKey => ({
  id: id as KeyId,
  secret: new Uint8Array(32).fill(fill),
});

describe('the keys of links', () => {
  test("The main objective of 'info' is to bind the derived key material to application- and context-specific information. [5869-3.2]", () => {
    // Worked out with another implementation of HKDF; sites of two versions must come to the same.
    expect(linkKey(key('k1')).toString('hex')).toBe(
      '5b8f698e9287ba5c9b744cf8cd2f2142e045cb2a3cf8787b88bfe515b1c69cd8',
    );
    expect(linkKey(key('k1', 8))).not.toEqual(linkKey(key('k1')));
  });

  test('PSK identity: the client indicates which key to use [4279-5.1]', () => {
    expect(writeIdentity(key('k1'), 2)).toBe('k1.2');
    expect(readIdentity('k1.2')).toEqual({ keyId: 'k1', site: 2 });
    for (const wrong of ['', 'k1', 'k1.', 'k1.1024', '.2', 'k1.2.3', 'K1.2', 'kkkkk.1', 'k1.-1']) {
      expect(readIdentity(wrong)).toBeUndefined();
    }
  });

  test('PSK identity hint: the server may help the client in selecting which identity to use [4279-5.2]', () => {
    const [k1, k2, k3] = [key('k1'), key('k2'), key('k3')];
    const hint = writeHint([k2, k1], 7);
    expect(hint).toBe('k2,k1 7');
    expect(keyFor(hint, [k3, k1])).toBe(k1);
    expect(keyFor(hint, [k2, k1])).toBe(k2);
    expect(keyFor(hint, [k3])).toBeUndefined();
    for (const wrong of [null, '', 'k1', 'k1,', 'k1 2 3', `${'k1,'.repeat(20)}k1 2`]) {
      expect(keyFor(wrong, [k1])).toBeUndefined();
    }
  });
});
