import { beforeEach, describe, expect, test } from '@jest/globals';
import { NO_OCTETS } from '../../../lib/base/brands.ts';
import { Neighbourhood, type Placing } from '../../../lib/node/neighbourhood.ts';
import type {
  Carried,
  NeighbourEars,
  OwnStray,
  Passage,
  StrayAnswer,
} from '../../../lib/ports/neighbours.ts';
import type { Claimed, ClaimId, Owned, Owner } from '../../../lib/ports/ownership.ts';
import type {
  LegEvent,
  Listener,
  ReceivedOn,
  RelayedMessage,
  SipEngine,
} from '../../../lib/ports/sip-engine.ts';
import { legId, strayId } from '../../../lib/sip/ids.ts';
import { parse } from '../../../lib/sip/parse.ts';

const OWN = 1;
const OTHER = { site: 2, epoch: 7 };
const CLAIM = 'claim' as ClaimId;
const RAW = Buffer.from(
  'INVITE sip:112@192.0.2.112 SIP/2.0\r\nVia: SIP/2.0/UDP c;branch=z9hG4bKa\r\n' +
    'From: <sip:a@b>;tag=1\r\nTo: <sip:112@c>\r\nCall-ID: one\r\nCSeq: 1 INVITE\r\n\r\n',
);
const listener: Listener = {
  role: 'anycast',
  transport: 'udp',
  address: '192.0.2.112',
  port: 5060,
  advertise: undefined,
};
const receivedOn: ReceivedOn = { listener, source: { address: '203.0.113.7', port: 5061 } };
const LEG = legId('a1');
const CANCEL = Buffer.from(RAW.toString().replaceAll('INVITE', 'CANCEL'));
const CANCELLED: LegEvent = {
  on: 'cancelled',
  headers: [],
  body: NO_OCTETS,
  receivedOn,
  raw: CANCEL,
};

function requestOf(raw: Buffer) {
  const parsed = parse(raw);
  if (parsed.kind !== 'request') throw new Error(parsed.kind);
  return parsed;
}

describe('a site among others', () => {
  let claimed: Claimed;
  let owned: Owned;
  let known: Owner | undefined;
  let carried: Carried;
  let sent: { readonly stray: OwnStray<ReceivedOn>; readonly to: number }[];
  let done: string[];
  let taken: RelayedMessage[];
  let onTaken: () => void;
  let ears: NeighbourEars<ReceivedOn>;
  let hood: Neighbourhood;

  beforeEach(() => {
    claimed = { kind: 'new', claim: CLAIM };
    owned = { kind: 'nobody' };
    known = undefined;
    carried = 'carried';
    [sent, done, taken] = [[], [], []];
    onTaken = () => undefined;
    const engine: Pick<SipEngine, 'handOver' | 'sendBack' | 'sendOn' | 'takeRelayed'> = {
      handOver: (what) => void done.push(`forgets ${what}`),
      sendBack: (way, raw) => void done.push(`${way.source.address} gets ${raw.length} bytes`),
      sendOn(way, raw) {
        done.push(`${way.source.address} is asked in ${raw.length} bytes`);
        return true;
      },
      takeRelayed(message) {
        taken.push(message);
        onTaken();
      },
    };
    hood = newHood(engine as SipEngine);
    hood.listens();
  });

  function newHood(engine: SipEngine): Neighbourhood {
    return new Neighbourhood({
      engine,
      listeners: [listener, { ...listener, transport: 'tcp' }],
      own: OWN,
      originOf: ({ source }) => ({ source: source.address, isVerified: false }),
      onYield: () => undefined,
      onBuried: () => undefined,
      onCarried: (message, to) =>
        void done.push(
          `${message.kind === 'request' ? message.method : message.status} went to ${to}`,
        ),
      neighboursFor(own) {
        ears = own;
        return {
          ownership: {
            claim: async () => claimed,
            claimAnyway: () => 'anyway' as ClaimId,
            ownerOf: async () => owned,
            knownOwner: () => known,
            progress: (_, phase) => void done.push(phase),
            close: () => undefined,
          },
          relay: {
            async carry(stray, to) {
              sent.push({ stray, to });
              return carried;
            },
            giveBack: () => true,
            async sendThrough(to, { source, raw }) {
              done.push(`site ${to} asks ${source.address} in ${raw.length} bytes`);
              return true;
            },
          },
          siteName: (site) => `s${site}`,
        };
      },
    });
  }

  /** A new INVITE, and what its leg hears before it is known whose it is. */
  async function invited(...meanwhile: LegEvent[]): Promise<readonly string[]> {
    const placing: Placing = {
      emergency: true,
      place: (claim, heard) =>
        void done.push(`places ${claim}`, ...heard.map(({ on }) => `hears ${on}`)),
      leave: () => void done.push('leaves'),
      bury: () => void done.push('buries'),
    };
    hood.claim({ leg: LEG, request: requestOf(RAW), receivedOn, raw: RAW }, placing);
    for (const event of meanwhile) expect(hood.hears(LEG, event)).toBe(true);
    await new Promise(setImmediate);
    expect(hood.hears(LEG, { on: 'trying' })).toBe(false);
    return done;
  }

  test('places what nobody else has, and then tells what the caller did meanwhile', async () => {
    expect(await invited(CANCELLED)).toEqual(['places claim', 'hears cancelled']);
  });

  test('carries the CANCEL that came meanwhile behind what another site has', async () => {
    claimed = { kind: 'retransmission', claim: CLAIM, owner: OTHER };

    expect(await invited(CANCELLED)).toEqual([
      'INVITE went to s2',
      'leaves',
      'forgets a1',
      'CANCEL went to s2',
    ]);
    expect(sent.map(({ stray, to }) => [stray.raw, to])).toEqual([
      [RAW, 2],
      [CANCEL, 2],
    ]);
  });

  test('carries what another site has, byte for byte, and forgets it', async () => {
    claimed = { kind: 'retransmission', claim: CLAIM, owner: OTHER };

    expect(await invited()).toEqual(['INVITE went to s2', 'leaves', 'forgets a1']);
    expect(sent).toEqual([
      {
        to: 2,
        stray: {
          raw: RAW,
          source: { address: '203.0.113.7', port: 5061 },
          transport: 'udp',
          listener: { role: 'anycast', address: '192.0.2.112', port: 5060 },
          way: receivedOn,
          emergency: true,
          limits: { source: '203.0.113.7', isVerified: false, callId: 'one' },
        },
      },
    ]);
  });

  test.each<Carried>(['unknown', 'unreachable', 'limited'])(
    'places what the other site does not take after all: %s',
    async (outcome) => {
      claimed = { kind: 'joined', claim: CLAIM, owner: OTHER };
      carried = outcome;

      expect(await invited()).toEqual(['places anyway']);
    },
  );

  test('refuses what was cancelled at another site before it came here', async () => {
    claimed = { kind: 'tombstone' };

    expect(await invited()).toEqual(['leaves', 'buries']);
  });

  test('carries a stray to whom it belongs, and answers those of its own', async () => {
    const stray = { id: strayId('s1'), request: requestOf(RAW), receivedOn, raw: RAW };
    const to = (site: number): Owned => {
      return { kind: 'owner', owner: { site, epoch: 1 }, claim: undefined, emergency: false };
    };

    expect(await hood.carry(stray)).toBe('here');
    owned = to(OWN);
    expect(await hood.carry(stray)).toBe('here');
    owned = to(2);
    expect(await hood.carry(stray)).toBe('carried');
    carried = 'unknown';
    expect(await hood.carry(stray)).toBe('here');
    carried = 'unreachable';
    expect(await hood.carry(stray)).toBe('out-of-reach');
    expect(sent.map((one) => one.to)).toEqual([2, 2, 2]);
    expect(done).toEqual(['INVITE went to s2']);
  });

  const relayed: Passage = {
    source: receivedOn.source,
    transport: 'udp',
    listener,
    raw: RAW,
    emergency: true,
  };

  test('takes what another site sends, and says so if it belongs nowhere here', () => {
    const answers: StrayAnswer[] = [];
    const arrives = (role: 'anycast' | 'gateway') =>
      ears.onRelayed({ ...relayed, number: 4, listener: { ...listener, role } }, 2, (answer) => {
        answers.push(answer);
      });

    arrives('anycast');
    onTaken = () =>
      hood.unmatched({ id: strayId('s2'), request: requestOf(RAW), receivedOn, raw: RAW });
    arrives('anycast');
    arrives('gateway');

    expect(answers.map(({ kind }) => kind)).toEqual(['carried', 'unknown', 'unknown']);
    expect(taken).toHaveLength(2);
    expect(taken[0]).toMatchObject({
      raw: RAW,
      listener,
      source: receivedOn.source,
      from: 's2',
    });
    expect(done).toEqual(['forgets s2']);
  });

  test.each<[string, StrayAnswer]>([
    ['BYE', { kind: 'unknown' }],
    ['CANCEL', { kind: 'moved', to: 2 }],
    ['INVITE', { kind: 'moved', to: 2 }],
  ])('says where the call is that it has left to another site: %s', (method, answer) => {
    const answers: StrayAnswer[] = [];
    known = OTHER;
    onTaken = () => {
      const came = { request: { ...requestOf(RAW), method }, receivedOn, raw: RAW };
      if (method === 'INVITE') expect(hood.hasLeft({ ...came, leg: LEG })).toBe(true);
      else hood.unmatched({ ...came, id: strayId('s2') });
    };
    ears.onRelayed({ ...relayed, number: 4 }, 3, (said) => void answers.push(said));

    expect([answers, done.length]).toEqual([[answer], 1]);
  });

  test('takes nothing before its own sockets are open', () => {
    const answers: StrayAnswer[] = [];
    newHood(undefined as never);
    ears.onRelayed({ ...relayed, number: 4 }, 2, (answer) => void answers.push(answer));

    expect(answers).toEqual([{ kind: 'unknown' }]);
    expect(ears.onThrough({ ...relayed, transport: 'tcp' })).toBe(false);
  });

  test('asks who has a connection to another site through that', async () => {
    const arrives = (transport: 'udp' | 'tcp') =>
      ears.onRelayed({ ...relayed, number: 4, transport }, 2, () => undefined);
    arrives('udp');
    arrives('tcp');

    expect(taken.map(({ through }) => through !== undefined)).toEqual([false, true]);
    expect(await taken[1]?.through?.(RAW)).toBe(true);
    expect(done).toEqual([`site 2 asks 203.0.113.7 in ${RAW.length} bytes`]);
  });

  test('sends on its own connections what another site asks', () => {
    expect(ears.onThrough({ ...relayed, transport: 'tcp' })).toBe(true);
    expect(ears.onThrough({ ...relayed, transport: 'tls' })).toBe(false);
    expect(done).toEqual([`203.0.113.7 is asked in ${RAW.length} bytes`]);
  });

  test('sends on what the owner says, the way that the stray came', () => {
    ears.onReturn(receivedOn, RAW);

    expect(done).toEqual([`203.0.113.7 gets ${RAW.length} bytes`]);
  });
});
