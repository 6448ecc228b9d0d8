import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { realWorld } from '../../lib/base/real-world.ts';
import { openNameClient } from '../../lib/gateways/dns/client/name-client.ts';
import { type Directory, openDirectory } from '../../lib/gateways/dns/directory.ts';
import { writeHop } from '../../lib/gateways/dns/hop.ts';
import type { Notice } from '../../lib/ports/event-sink.ts';
import { type NameServer, startNameServer } from '../support/name-server.ts';
import { type TempFolder, tempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';
import { named } from '../support/virtual-directory.ts';

const AT = { address: '127.21.53.53', port: 5353 };
const ZONE = 'psap.example';
const DRAWS = 20_000;
/** The least TTL that is believed is 5 seconds. */
const SOON_MS = 10_000;
jest.setTimeout(60_000);

const MANY = Array.from({ length: 30 }, (_, index) => `many 60 A 10.0.3.${index + 1}`);
const RECORDS = [
  '@ 60 NAPTR 10 10 "s" "SIP+D2U" "" _sip._udp',
  '@ 60 NAPTR 10 20 "s" "SIP+D2T" "" _sip._tcp',
  '@ 60 NAPTR 20 10 "s" "SIPS+D2T" "" _sips._tcp',
  '_sip._udp 60 SRV 1 70 5060 gw1',
  '_sip._udp 60 SRV 1 20 5060 gw2',
  '_sip._udp 60 SRV 1 10 5070 alias',
  '_sip._udp 60 SRV 2 100 5060 far',
  '_sip._tcp 60 SRV 1 0 5080 gw1',
  'gw1 60 A 10.0.1.1',
  'gw2 60 A 10.0.1.2',
  'alias 60 CNAME gw3',
  'gw3 60 A 10.0.1.3',
  'far 60 A 10.0.2.1',
  '_sip._udp.off 60 SRV 0 0 0 .',
  'moves 1 A 10.0.1.1',
  'flat 60 A 10.0.1.9',
  ...MANY,
];
const withMoves = (...lines: readonly string[]) => [
  ...RECORDS.filter((line) => !line.startsWith('moves ')),
  ...lines,
];

describe('gateways looked up at a name server', () => {
  const notices: Notice[] = [];
  const outcomes = new Set<string>();
  const names = [
    ZONE,
    `tcp:${ZONE}`,
    `off.${ZONE}`,
    `moves.${ZONE}:5060`,
    `flat.${ZONE}`,
    `many.${ZONE}:5060`,
    `nobody.${ZONE}`,
    'elsewhere.example',
  ].map(named);
  let folder: TempFolder;
  let server: NameServer;
  let directory: Directory;
  beforeAll(async () => {
    folder = tempFolder('dns');
    server = await startNameServer({ folder: folder.path, at: AT, zone: ZONE, records: RECORDS });
    const world = realWorld();
    directory = openDirectory({
      world,
      names: openNameClient({ world, servers: () => [AT] }),
      sink: {
        step: () => undefined,
        record: () => undefined,
        note: (notice) => void notices.push(notice),
        count: (_, outcome) => void outcomes.add(outcome),
      },
      transports: ['udp', 'tcp'],
      familiesOf: () => [4],
      isOwn: () => false,
      onMoved: () => undefined,
    });
    directory.follow(names);
    await directory.settled(SOON_MS);
  });
  afterAll(async () => {
    directory.close();
    await server.child.stop();
    folder.remove();
  });

  const hopsOf = (text: string) => directory.whereIs(named(text)).hops.map(writeHop);
  const standingOf = (text: string) => directory.whereIs(named(text)).standing;

  test('NAPTR orders the transports, SRV the servers, and a CNAME is followed', () => {
    expect(standingOf(ZONE)).toBe('fresh');
    expect(hopsOf(ZONE).toSorted()).toEqual([
      'tcp:10.0.1.1:5080',
      'udp:10.0.1.1:5060',
      'udp:10.0.1.2:5060',
      'udp:10.0.1.3:5070',
      'udp:10.0.2.1:5060',
    ]);
    expect(hopsOf(ZONE).slice(3)).toEqual(['udp:10.0.2.1:5060', 'tcp:10.0.1.1:5080']);
    expect(hopsOf(`tcp:${ZONE}`)).toEqual(['tcp:10.0.1.1:5080']);
  });

  test('calls are shared out by the weights of SRV', () => {
    const first = new Map<string, number>();
    for (let draw = 0; draw < DRAWS; draw += 1) {
      const hop = hopsOf(ZONE)[0] ?? 'none';
      first.set(hop, (first.get(hop) ?? 0) + 1);
    }
    expect([...first.keys()].toSorted()).toHaveLength(3);
    // A server has one lot of 0 to 100 for each unit of its weight, the first of them one more.
    for (const [hop, weight] of [
      ['udp:10.0.1.1:5060', 70],
      ['udp:10.0.1.2:5060', 20],
      ['udp:10.0.1.3:5070', 10],
    ] as const) {
      const share = (first.get(hop) ?? 0) / DRAWS;
      const sigma = Math.sqrt((weight / 100) * (1 - weight / 100) * (1 / DRAWS));
      expect(Math.abs(share - weight / 101)).toBeLessThan(7 * sigma + 1 / 101);
    }
  });

  test('without NAPTR and SRV the name itself is called; a service that is off is not', () => {
    expect(hopsOf(`flat.${ZONE}`)).toEqual(['udp:10.0.1.9:5060']);
    expect([standingOf(`off.${ZONE}`), standingOf(`nobody.${ZONE}`)]).toEqual([
      'unknown',
      'unknown',
    ]);
    expect(outcomes).toContain('NXDOMAIN');
    expect(outcomes).toContain('NODATA');
  });

  test('a zone of somebody else is refused, and that is said', () => {
    expect(standingOf('elsewhere.example')).toBe('unknown');
    const [question] = directory.stateOf(named('elsewhere.example')).questions;
    expect(question?.lastError).toBe('REFUSED');
    expect(notices).toContainEqual(
      expect.objectContaining({ event: 'dns-unknown', destination: 'elsewhere.example' }),
    );
  });

  test('an answer of thirty addresses, too long for a datagram, comes by TCP', () => {
    const { questions } = directory.stateOf(named(`many.${ZONE}:5060`));
    expect(questions[0]?.answers).toHaveLength(MANY.length);
  });

  test('another address is seen within the life of the old one', async () => {
    expect(hopsOf(`moves.${ZONE}:5060`)).toEqual(['udp:10.0.1.1:5060']);
    server.publish(withMoves('moves 900 A 10.0.1.2'));
    await until(
      'the new address',
      () => hopsOf(`moves.${ZONE}:5060`)[0] === 'udp:10.0.1.2:5060',
      SOON_MS,
    );
    const [question] = directory.stateOf(named(`moves.${ZONE}:5060`)).questions;
    expect(question?.ttlSecLeft).toBeGreaterThan(890);
    expect(notices).toContainEqual({
      event: 'dns-moved',
      level: 'info',
      destination: `moves.${ZONE}:5060`,
      hopsBefore: ['udp:10.0.1.1:5060'],
      hopsNow: ['udp:10.0.1.2:5060'],
    });
  });
});
