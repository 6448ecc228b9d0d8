import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { serversIn, systemServers } from '../../../../../lib/gateways/dns/client/resolv-conf.ts';
import { tempFolder } from '../../../../support/temp-folder.ts';

const LOCAL = [{ address: '127.0.0.1', port: 53 }];

test('the servers are those that resolv.conf names, in its order, three at most', () => {
  const text = `# made by hand
search example.com
nameserver 10.0.0.53
  nameserver	fe80::1%eth0
nameserver psap.example
; nameserver 10.9.9.9
options timeout:1
nameserver 2001:db8::53
nameserver 10.0.0.54
`;
  expect(serversIn(text).map(({ address }) => address)).toEqual([
    '10.0.0.53',
    'fe80::1%eth0',
    '2001:db8::53',
  ]);
});

test('a file without servers, and a host without the file, ask on this host', () => {
  expect(serversIn('search example.com\n')).toEqual(LOCAL);
  expect(systemServers('/nonexistent/resolv.conf')).toEqual(LOCAL);
});

test('the file is read at each use', () => {
  const folder = tempFolder('resolv-conf');
  const path = join(folder.path, 'resolv.conf');
  writeFileSync(path, 'nameserver 10.0.0.1\n');
  const before = systemServers(path);
  writeFileSync(path, 'nameserver 10.0.0.2\n');
  expect([before, systemServers(path)].flat().map(({ address }) => address)).toEqual([
    '10.0.0.1',
    '10.0.0.2',
  ]);
  folder.remove();
});
