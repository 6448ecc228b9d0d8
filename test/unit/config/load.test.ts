import { describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../../config/load.ts';
import { siteOptions } from '../../../config/site-config.ts';
import { writeDestination } from '../../../lib/gateways/dns/hop.ts';
import { writeAddress } from '../../../lib/sip/address.ts';
import { configOf, problemsOf, SITE, siteWith } from './sample.ts';

const SECRET = 'thirty-two-letters-and-more-of-it';

describe('a valid site file', () => {
  test('becomes the options of the node, with nothing left open', () => {
    const { options, stateDir, keys, nat, sessionTimer, log, admin } = configOf(SITE);

    expect(options).toEqual({
      site: 'sto',
      siteNumber: 1,
      listeners: [
        listener('anycast', '192.0.2.112'),
        listener('unicast', '198.51.100.11'),
        listener('gateway', '10.0.0.11'),
      ],
      gateways: [
        gateway('psap-a', 'sip:10.0.1.31:5060', '10.0.1.31', 1),
        gateway('psap-b', 'sip:10.0.1.32', '10.0.1.32', 2),
      ],
      groups: [
        {
          name: 'psap',
          gateways: ['psap-a', 'psap-b'],
          emergency: true,
          failoverOn: 'any',
          lastResort: undefined,
        },
        {
          name: 'office',
          gateways: ['psap-b'],
          emergency: false,
          failoverOn: [408, 503, 'transport', 'timeout'],
          lastResort: undefined,
        },
      ],
      routes: [{ match: { urn: 'urn:service:sos' }, group: 'psap' }],
      trunks: [
        {
          name: 'carrier-x',
          source: ['203.0.113.0/24'],
          offAnycast: 'always',
          anchor: true,
          earlyDialogs: 'each',
          messages: 'refuse',
          record: false,
        },
      ],
      guard: { callsPerSecMax: 10, callsMax: 50, lagMsMax: 150 },
      hunt: {
        attemptMs: 2000,
        attemptMsMin: 700,
        progressTimeoutMs: 4000,
        budgetMs: 6000,
        ringTimeoutMs: 180_000,
      },
      callsMax: 10_000,
      prompts: [],
    });
    expect(stateDir).toBe('./state');
    expect(keys).toEqual([]);
    expect(nat).toEqual({ keepAliveMs: 25_000 });
    expect(sessionTimer).toEqual({ expiresSec: 1800 });
    expect(log).toMatchObject({ level: 'info', steps: 'stdout', records: './calls.ndjson' });
    expect(admin).toEqual({ listen: { address: '127.0.0.1', port: 8112 }, token: undefined });
  });

  test('gives a trunk its share, and each address without a trunk another', () => {
    const text = siteWith(
      'source: ["203.0.113.0/24"]',
      'source: ["203.0.113.0/24"], callsPerSecMax: 20, callsMax: 300',
    );

    const { options } = configOf(`${text}guard: { callsPerSecMax: 1, callsMax: 2 }\n`);

    expect(options.trunks).toMatchObject([{ callsPerSecMax: 20, callsMax: 300 }]);
    expect(options.guard).toEqual({ callsPerSecMax: 1, callsMax: 2, lagMsMax: 150 });
  });

  test('gets its epoch and keys at the start', () => {
    const config = configOf(SITE);

    const options = siteOptions(config, { epoch: 7, keys: [] });

    expect(options).toEqual({ ...config.options, epoch: 7, keys: [] });
  });

  test('may name gateways and a last resort, and the servers that know the names', () => {
    const text = siteWith('"sip:10.0.1.31:5060"', '"sip:psap.example"')
      .replace('emergency: true', 'emergency: true, lastResort: "sip:resort.example:5070"')
      .concat('dns: { servers: ["10.0.0.53", "10.0.0.54:5353"] }\n');

    const { options, nameServers } = configOf(text);

    const [first] = options.gateways;
    expect(first?.destination).toMatchObject({ kind: 'name', host: 'psap.example' });
    expect(options.groups[0]?.lastResort?.destination).toMatchObject({ port: 5070 });
    expect(nameServers.map(writeAddress)).toEqual(['10.0.0.53:53', '10.0.0.54:5353']);
    expect(configOf(SITE).nameServers).toEqual([]);
  });

  test('says where media crosses, and to whom which side is known by which name', () => {
    const media =
      'media: { anchor: rtpengine, rtpengine: [{ ng: "10.0.0.12:2223" }], inside: core }\n';

    expect(configOf(SITE.concat(media, 'callsMax: 100\n')).media).toMatchObject({
      anchor: 'rtpengine',
      rtpengine: {
        instances: [{ ng: { address: '10.0.0.12', port: 2223 }, weight: 1 }],
        interfaces: { outside: 'pub', inside: 'core' },
        callsMax: 200,
      },
    });
    expect(configOf(SITE).media.anchor).toBe('none');
  });

  test('says who speaks to callers, with what, and by which secret', () => {
    const media = `media:
  freeswitch: [{ esl: "10.0.0.13:8021", secret: "file:/fs", listen: 10.0.0.11, inside: core }]
  prompts: [{ group: psap, language: sv, failed: /p/failed.wav }]
`;

    const { media: read, options } = configOf(SITE.concat(media), { readFile: () => SECRET });

    expect(read.freeswitch.servers).toEqual([
      {
        esl: { address: '10.0.0.13', port: 8021 },
        secret: SECRET,
        listen: { address: '10.0.0.11', port: 0 },
        advertise: undefined,
        recordings: undefined,
        profiles: { outside: 'drachtio_mrf', inside: 'core' },
      },
    ]);
    expect(options.prompts).toEqual([
      { group: 'psap', language: 'sv', hunting: undefined, failed: '/p/failed.wav' },
    ]);
  });

  test('gives a last resort a name that no gateway can have', () => {
    const text = siteWith('emergency: true', 'emergency: true, lastResort: "SIP:10.0.9.9"');

    const [group] = configOf(text).options.groups;

    expect(group?.lastResort).toEqual(
      gateway('last-resort:psap', 'sip:10.0.9.9', '10.0.9.9', 1001),
    );
  });

  test('If a timeout error is received from the transaction layer, it MUST be treated as if a 408 (Request Timeout) status code has been received. [3261-8.1.3.1]', () => {
    const text = siteWith('[psap-b] }', '[psap-b], failoverOn: [408, 480] }');

    expect(configOf(text).options.groups[1]?.failoverOn).toEqual([408, 480, 'timeout']);
  });

  test('takes failoverOn as the one word any, or as a list without 408', () => {
    const any = siteWith('[psap-b] }', '[psap-b], failoverOn: any }');
    const few = siteWith('emergency: true', 'emergency: true, failoverOn: [503, transport]');

    expect(configOf(any).options.groups[1]?.failoverOn).toBe('any');
    expect(configOf(few).options.groups[0]?.failoverOn).toEqual([503, 'transport']);
  });

  test('advertises a name or an address in place of its own', () => {
    const text = siteWith('198.51.100.11, port: 5060', '198.51.100.11, advertise: Sto.any.example');

    expect(configOf(text).options.listeners[1]).toEqual({
      ...listener('unicast', '198.51.100.11'),
      advertise: 'sto.any.example',
    });
  });

  test('needs no anycast listener, and no routes when a group is for emergency calls', () => {
    const text = SITE.replace(/^ {2}anycast: .*\n/m, '').replace(/^routes:\n.*\n/m, '');

    expect(configOf(text).options.listeners).toHaveLength(2);
    expect(configOf(text).options.routes).toEqual([]);
  });

  test('may have headings with nothing below them', () => {
    expect(configOf(`${SITE}hunt:\nlog:\n  # level: debug\n`).log.level).toBe('info');
  });

  test('is read from a path too', () => {
    const paths: string[] = [];
    const readFile = (path: string) => {
      paths.push(path);
      return SITE;
    };

    const loaded = loadConfig({ file: 'site.yaml', env: {}, overrides: {}, readFile });

    expect(loaded.kind).toBe('valid');
    expect(paths).toEqual(['site.yaml']);
  });

  test('may be JSON, which is YAML', () => {
    const site = {
      site: 'sto',
      siteNumber: 1,
      listen: {
        unicast: [{ transport: 'udp', address: '198.51.100.11' }],
        gateway: [{ transport: 'udp', address: '10.0.0.11' }],
      },
      gateways: [{ name: 'a', uri: 'sip:10.0.1.31' }],
      groups: [{ name: 'psap', gateways: ['a'], emergency: true }],
    };

    expect(configOf(JSON.stringify(site)).options.site).toBe('sto');
  });
});

function listener(role: string, address: string) {
  return { role, transport: 'udp', address, port: 5060, advertise: undefined, emergency: false };
}

function gateway(name: string, uri: string, address: string, priority: number) {
  const hop = { address, port: 5060, transport: 'udp' };
  const probe = { everySec: 10, downAfter: 3, upAfter: 2, timeoutMs: 2000 };
  return { name, uri, destination: { kind: 'address', hop }, priority, probe };
}

describe('TCP', () => {
  const both = (role: string, address: string) =>
    `${role}: [{ transport: udp, address: ${address} }, { transport: tcp, address: ${address} }]`;
  const text = [
    [
      'anycast: [{ transport: udp, address: 192.0.2.112, port: 5060 }]',
      both('anycast', '192.0.2.112'),
    ],
    [
      'unicast: [{ transport: udp, address: 198.51.100.11, port: 5060 }]',
      both('unicast', '198.51.100.11'),
    ],
    ['gateway: [{ transport: udp, address: 10.0.0.11, port: 5060 }]', both('gateway', '10.0.0.11')],
    ['"sip:10.0.1.31:5060"', '"sip:10.0.1.31:5060;transport=tcp"'],
    ['priority: 2', 'priority: 2, largeByTcp: true'],
  ].reduce((site, [line = '', instead = '']) => {
    if (!site.includes(line)) throw new Error(line);
    return site.replace(line, instead);
  }, SITE);

  test('may be listened on beside UDP at the same address and port', () => {
    const { listeners } = configOf(text).options;
    expect(listeners.map(({ role, transport }) => `${role} ${transport}`)).toEqual([
      'anycast udp',
      'anycast tcp',
      'unicast udp',
      'unicast tcp',
      'gateway udp',
      'gateway tcp',
    ]);
  });

  test('is what a gateway is called by when its URI says so', () => {
    const { gateways } = configOf(text).options;
    expect(gateways.map(({ destination }) => writeDestination(destination))).toEqual([
      'tcp:10.0.1.31:5060',
      'udp:10.0.1.32:5060',
    ]);
    expect(gateways.map(({ largeByTcp }) => largeByTcp)).toEqual([undefined, true]);
  });
});

describe('a site with peers', () => {
  const PEERS = 'peers: [{ site: got, number: 2, link: "10.9.0.12:7112" }]\n';
  const CLUSTER = 'cluster: { keys: ["k1=env:KEY"], link: "10.9.0.11:7112" }\n';
  const env = { KEY: '0123456789abcdef0123456789abcdef' };

  test('has links, and without peers it has none', () => {
    expect(configOf(SITE.concat(PEERS, CLUSTER), { env }).cluster).toEqual({
      link: { address: '10.9.0.11', port: 7112 },
      peers: [{ name: 'got', site: 2, link: { address: '10.9.0.12', port: 7112 } }],
      redis: undefined,
    });
    expect(configOf(SITE.concat(CLUSTER), { env }).cluster).toBeUndefined();
    const kept = CLUSTER.replace(' }', ', redis: "redis://127.0.0.1:6379" }');
    expect(configOf(SITE.concat(PEERS, kept), { env }).cluster?.redis).toBe(
      'redis://127.0.0.1:6379',
    );
  });

  test('on loopback may have a weak key only as long as its link is there, too', () => {
    const loopback = SITE.replace('192.0.2.', '127.0.0.')
      .replace('198.51.100.', '127.0.1.')
      .replace('10.0.0.', '127.0.2.');
    const weak = { env: { KEY: 'short' } };
    const here = CLUSTER.replace('10.9.0.11', '127.0.0.11');
    expect(problemsOf(loopback.concat(PEERS, here), weak)).toEqual([]);
    expect(problemsOf(loopback.concat(PEERS, CLUSTER), weak)).toMatchObject([
      { key: 'cluster.keys[0]' },
    ]);
  });
});
