import { describe, expect, test } from '@jest/globals';
import { PHASES } from '../../../lib/cluster/claims/claim.ts';
import { writeClaim } from '../../../lib/cluster/claims/claim-text.ts';
import { VirtualCluster } from '../../support/virtual-cluster.ts';
import { cancelOf, from, invite, said } from './arrivals.ts';
import { someClaim } from './claims/some-claim.ts';

describe('a flood of one source', () => {
  const FLOODER = '198.51.100.66';

  test('of INVITEs or CANCELs makes no flood at other sites, and others do not notice', async () => {
    const cluster = await new VirtualCluster(3).open();
    const { ownership, counts } = cluster.at(1);
    const all: Promise<unknown>[] = [];
    for (let call = 0; call < 1000; call += 1) {
      all.push(ownership.claim(from(invite(`i${call}`), FLOODER)));
      all.push(ownership.ownerOf(from(cancelOf(invite(`c${call}`)), FLOODER)));
    }
    await cluster.pass(50);
    await Promise.all(all);
    expect(counts.get('claims/unasked')).toBe(1900);
    // Two questions with their answers each.
    expect(cluster.messages).toBe(100 * 4);
    expect(said(await cluster.invite(1, invite()))).toBe('new');
    expect(said(await cluster.invite(2, invite()))).toBe('retransmission of 1');
  });
});

describe('a peer that lies', () => {
  const SEED = 6;

  test(`makes nobody wait, throw or grow (seed ${SEED})`, async () => {
    const cluster = await new VirtualCluster(3, SEED).open();
    const { random } = cluster.time;
    const { ownership } = cluster.at(1);
    const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)];
    const words = ['new', 'tombstone', 'joined', 'retransmission', 'found', 'nobody', ''];
    const someClaimText = () => {
      const phase = pick(PHASES) ?? 'claiming';
      const site = Math.floor(random() * 5);
      const callId = `c${Math.floor(random() * 20)}`;
      return writeClaim(someClaim({ site, callId, serial: 1 + Math.floor(random() * 9), phase }));
    };
    cluster.at(2).ownership.peerEars.onAsked = (_from, _subject, _body, reply) =>
      reply(Buffer.from(`${pick(words)} ${pick([someClaimText(), 'x', '[]', ''])}`));
    for (let round = 0; round < 300; round += 1) {
      for (const subject of ['held', 'claim', 'find', 'stray', 'send'] as const) {
        const body = Buffer.from(pick([someClaimText(), 'nonsense', '[1,2]', '']) ?? '');
        ownership.peerEars.onTold(2, subject, body);
        ownership.peerEars.onAsked(2, subject, body, () => undefined);
      }
      const request = invite(`c${Math.floor(random() * 20)}`);
      const { afterMs } = await cluster.timed(ownership.claim(from(request)));
      expect(afterMs).toBeLessThanOrEqual(30);
    }
    const { owned, held, buried } = ownership.sizes();
    expect(owned).toBeLessThanOrEqual(80);
    expect(held).toBeLessThanOrEqual(80);
    expect(buried).toBeLessThanOrEqual(40);
  });
});
