import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { writeDestination } from '../../../lib/gateways/dns/hop.ts';
import { writeAddress } from '../../../lib/sip/address.ts';
import { configOf } from './sample.ts';

const loaded = (file: string) => configOf(readFileSync(`config/${file}`, 'utf8'));

describe('the files that come along', () => {
  test('the example is valid', () => {
    const { options } = loaded('examples/site.yaml');

    expect(options.site).toBe('sto');
    expect(options.groups.map(({ name }) => name)).toEqual(['psap', 'office']);
  });

  test('the example holds its commented-out lines rightly too', () => {
    const text = readFileSync('config/examples/site.yaml', 'utf8')
      .replace('# engine: {', 'engine: {')
      .replace('# media: {', 'media: {')
      .replace('# cluster: {', 'cluster: {')
      .replace('# peers: [', 'peers: [')
      .replace(/^# admin: (.*)$/m, 'admin: $1')
      .replace(/^admin:\n.*\n/m, '');
    const secret = 'a-secret-of-good-length';
    const env = {
      DRACHTIO_SECRET: secret,
      LANDFALL_CLUSTER_KEY: secret,
      LANDFALL_ADMIN_TOKEN: secret,
    };

    const { keys, admin, drachtio, media, cluster } = configOf(text, {
      env,
      readFile: () => secret,
    });

    expect(keys.map(({ id }) => id)).toEqual(['k2', 'k1']);
    expect(cluster?.peers.map(({ name }) => name)).toEqual(['got']);
    expect(admin.token).toBe(secret);
    expect(media.rtpengine.instances.map(({ ng }) => ng.port)).toEqual([2223, 2224]);
    expect(drachtio).toEqual([{ host: '127.0.0.1', port: 9022, secret }]);
  });

  test('the loopback site has the addresses and users that the first contact names', () => {
    const { options, stateDir, log, admin } = loaded('loopback.yaml');

    expect([options.site, options.siteNumber, stateDir]).toEqual(['loop', 1, './state']);
    const listeners = options.listeners.map(
      (listener) => `${listener.role} ${listener.transport} ${writeAddress(listener)}`,
    );
    expect(listeners).toEqual([
      'anycast udp 127.0.0.112:5060',
      'anycast tcp 127.0.0.112:5060',
      'unicast udp 127.0.0.11:5060',
      'unicast tcp 127.0.0.11:5060',
      'gateway udp 127.0.0.21:5060',
    ]);
    expect(options.gateways.map(({ destination }) => writeDestination(destination))).toEqual([
      'udp:127.0.0.31:5080',
    ]);
    expect(options.routes).toEqual([
      { match: { urn: 'urn:service:sos' }, group: 'psap' },
      { match: { user: '112' }, group: 'psap' },
      ...['ring', 'busy', 'late', 'drop'].map((user) => ({ match: { user }, group: 'office' })),
    ]);
    expect(options.groups.map(({ emergency }) => emergency)).toEqual([true, false]);
    expect(options.trunks.map(({ source }) => source)).toEqual([['127.0.0.0/8']]);
    expect(log).toMatchObject({ level: 'info', steps: 'stdout', records: './calls.ndjson' });
    expect(writeAddress(admin.listen)).toBe('127.0.0.1:8112');
  });
});
