import { expect, test } from '@jest/globals';
import { play } from './play.ts';
import { readScript } from './script.ts';

const SCRIPT = readScript(`a caller whose firewall knows only A
call ordinary, gateways g1
0 caller > A INVITE sdp
10 g1 > B 200 sdp
20 caller > A ACK
1000 caller > A INVITE sdp cseq=2
1010 g1 > B 200 sdp
1020 caller > A ACK cseq=2
2000 g1 > B UPDATE sdp cseq=1
2010 caller > A 200 sdp (UPDATE)
3000 g1 > B INVITE sdp cseq=2
3010 caller > A 200 sdp
3020 g1 > B ACK cseq=2
5000 caller > A BYE cseq=9
5010 g1 > B 200 (BYE)`);

test('a sticky caller keeps A: each Contact toward it, and each request to it', async () => {
  const source = ['203.0.113.0/24'];
  const trunks = [{ name: 'carrier', source, offAnycast: 'sticky' as const }];
  const { transcript, site } = await play(SCRIPT, { changes: { trunks } });
  const toCaller = transcript.split('\n').filter((line) => line.includes('> caller'));
  expect(toCaller.map((line) => line.trim().replace(/^\d+ /, '').replace(/ +/g, ' '))).toEqual([
    'A > caller 100',
    'A > caller 200 sdp contact=A',
    'A > caller 100 cseq=2',
    'A > caller 200 sdp contact=A cseq=2',
    'A > caller UPDATE sdp contact=A',
    'A > caller INVITE sdp contact=A',
    'A > caller ACK',
    'A > caller 200 (BYE)',
  ]);
  expect(site.told.records).toMatchObject([{ reason: 'caller-hung-up', moved: 'sticky' }]);
});
