import { beforeEach, describe, expect, test } from '@jest/globals';
import { openRelay, type Relay } from '../../../../lib/cluster/relay/open-relay.ts';
import { FRAMES_MAX } from '../../../../lib/cluster/relay/stray-book.ts';
import { writeReturn } from '../../../../lib/cluster/relay/stray-frame.ts';
import type { OwnStray, Passage, RelayEars } from '../../../../lib/ports/neighbours.ts';
import type { PeerLinks } from '../../../../lib/ports/peer-links.ts';
import { sipCallId } from '../../../../lib/sip/ids.ts';
import { countingSink, VirtualPeers } from '../../../support/virtual-peers.ts';

const RAW = Buffer.from('BYE sip:a@b SIP/2.0\r\n\r\n\0', 'latin1');

const stray = (change: Partial<OwnStray<string>> = {}): OwnStray<string> => ({
  source: { address: '203.0.113.7', port: 40_000 },
  transport: 'tcp',
  listener: { role: 'anycast', address: '192.0.2.112', port: 5060 },
  raw: RAW,
  way: 'connection 7',
  emergency: true,
  limits: { source: '203.0.113.7', isVerified: false, callId: sipCallId('one') },
  ...change,
});

type RelaySite = {
  readonly links: PeerLinks;
  readonly relay: Relay<string>;
  readonly returned: string[];
  readonly through: Passage[];
  readonly counts: Map<string, number>;
};

let peers: VirtualPeers;
/** Every stray that arrived over a link, as `from>to`. */
let arrived: string[];
beforeEach(() => {
  peers = new VirtualPeers();
  arrived = [];
});

const CARRIES: RelayEars<string>['onRelayed'] = (_stray, _from, answer) =>
  answer({ kind: 'carried' });

async function join(site: number, onRelayed = CARRIES, version?: number): Promise<RelaySite> {
  const returned: string[] = [];
  const through: Passage[] = [];
  const counts = new Map<string, number>();
  const others = [1, 2, 3].filter((one) => one !== site);
  const { links } = await peers.join({
    site,
    peers: others,
    ...(version === undefined ? {} : { version }),
    ears: {
      onAsked: (from, subject, body, reply) => {
        arrived.push(`${from}>${site}`);
        relay.peerEars.onAsked(from, subject, body, reply);
      },
      onTold: (from, subject, body) => relay.peerEars.onTold(from, subject, body),
    },
  });
  const relay = openRelay<string>({
    world: peers.time.world,
    links,
    sink: countingSink([], counts),
    own: site,
    ears: {
      onRelayed,
      onReturn: (way, raw) => void returned.push(`${way}: ${raw.toString()}`),
      onThrough(passage) {
        through.push(passage);
        return passage.source.port === stray().source.port;
      },
    },
  });
  return { links, relay, returned, through, counts };
}

async function carried({ relay }: RelaySite, to: number, change: Partial<OwnStray<string>> = {}) {
  const outcome = relay.carry(stray(change), to);
  await peers.pass(2000, 10);
  return await outcome;
}

describe('a stray of another site', () => {
  test('reaches it byte for byte, and what it says comes back the way the stray came', async () => {
    const first = await join(1);
    const seen: object[] = [];
    const second: RelaySite = await join(2, (found, from, answer) => {
      seen.push(found);
      answer({ kind: 'carried' });
      second.relay.giveBack(from, found.number, Buffer.from('SIP/2.0 200 OK'), true);
    });
    await peers.pass(1000);

    expect(await carried(first, 2)).toBe('carried');
    const { source, transport, listener, raw } = stray();
    expect(seen).toEqual([{ number: 1, source, transport, listener, raw, emergency: true }]);
    expect(first.returned).toEqual(['connection 7: SIP/2.0 200 OK']);
  });

  test('that has moved is asked for at its new one, by the site that received it alone', async () => {
    const first = await join(1);
    await join(2, (_stray, _from, answer) => answer({ kind: 'moved', to: 3 }));
    await join(3);
    await peers.pass(1000);

    expect(await carried(first, 2)).toBe('carried');
    expect(arrived).toEqual(['1>2', '1>3']);
  });

  test('is over where nobody knows it, however often they send it on', async () => {
    const first = await join(1);
    await join(2, (_stray, _from, answer) => answer({ kind: 'moved', to: 3 }));
    await join(3, (_stray, _from, answer) => answer({ kind: 'moved', to: 2 }));
    await peers.pass(1000);

    expect(await carried(first, 2)).toBe('unknown');
    expect(arrived).toEqual(['1>2', '1>3']);
  });

  test('is said again once to a site that does not answer, within two seconds', async () => {
    const first = await join(1);
    await join(2, () => undefined);
    await peers.pass(1000);

    expect(await carried(first, 2)).toBe('unreachable');
    expect(arrived).toEqual(['1>2', '1>2']);
    expect(Object.fromEntries(first.counts)).toEqual({ 'relayed/unreachable': 1 });
  });

  test('of a site that is down is given up at once', async () => {
    const first = await join(1);
    const outcome = first.relay.carry(stray(), 2);
    await peers.pass(1, 1);
    expect(await outcome).toBe('unreachable');
  });

  test('causes eight frames at most, whatever a peer says', async () => {
    const first = await join(1);
    const second: RelaySite = await join(2, (found, from, answer) => {
      answer({ kind: 'carried' });
      for (let count = 0; count < 50; count += 1) {
        second.relay.giveBack(from, found.number, Buffer.from('again'), true);
        // One that does not keep to the rules.
        const body = writeReturn({ number: found.number, raw: Buffer.from('more') });
        second.links.tell({ to: from, subject: 'send', rank: 'vital', body });
      }
    });
    await peers.pass(1000);
    await carried(first, 2);

    expect(first.returned).toHaveLength(FRAMES_MAX - 2);
    expect(first.counts.get('relayed/unasked')).toBe(50);
  });

  test('is answered by nobody who was not asked', async () => {
    const first = await join(1);
    await join(2);
    const third = await join(3);
    await peers.pass(1000);
    await carried(first, 2);
    third.relay.giveBack(1, 1, Buffer.from('I am the owner'), true);
    await peers.pass(100);

    expect([first.returned, first.counts.get('relayed/unasked')]).toEqual([[], 1]);
  });

  test('that floods is not sent on, and counted; others are', async () => {
    const first = await join(1);
    await join(2);
    await peers.pass(1000);
    const flood = Array.from({ length: 300 }, (_, call) =>
      first.relay.carry(
        stray({
          limits: { source: '198.51.100.66', isVerified: false, callId: sipCallId(`c${call}`) },
        }),
        2,
      ),
    );
    const other = first.relay.carry(stray(), 2);
    await peers.pass(100);

    const outcomes = await Promise.all(flood);
    expect(outcomes.filter((one) => one === 'carried')).toHaveLength(100);
    expect(first.counts.get('relayed/limited-source')).toBe(200);
    expect(await other).toBe('carried');
  });

  test('that makes no sense is unknown to the site that gets it', async () => {
    const first = await join(1);
    await join(2);
    await peers.pass(1000);
    const body = Buffer.from('nonsense');
    const answer = first.links.carry({ to: 2, subject: 'stray', rank: 'vital', body }, 100);
    await peers.pass(100);
    const said = await answer;
    expect(said.kind === 'answered' && said.body.toString()).toBe('unknown');
  });
});

describe('a request to a caller whose connection is at another site', () => {
  const { source, transport, listener } = stray();
  const passage: Passage = { source, transport, listener, raw: RAW, emergency: true };

  async function sentThrough({ relay }: RelaySite, change: Partial<Passage> = {}) {
    const isSent = relay.sendThrough(2, { ...passage, ...change });
    await peers.pass(1000, 10);
    return await isSent;
  }

  test('leaves there byte for byte, if the connection is still there', async () => {
    const first = await join(1);
    const second = await join(2);
    await peers.pass(1000);

    expect(await sentThrough(first)).toBe(true);
    expect(second.through).toEqual([{ number: 0, ...passage }]);
    expect(await sentThrough(first, { source: { ...source, port: 1 } })).toBe(false);
  });

  test('does not leave from a site that is down, or speaks the version before', async () => {
    const first = await join(1);
    expect(await sentThrough(first)).toBe(false);
    const second = await join(2, CARRIES, 1);
    await peers.pass(5000);

    expect(await carried(first, 2)).toBe('carried');
    expect(await sentThrough(first)).toBe(false);
    expect([second.through, second.counts.size]).toEqual([[], 0]);
    expect(Object.fromEntries(first.counts)).toEqual({
      'relayed/carried': 1,
      'relayed/not-through': 2,
    });
  });
});
