import { describe, expect, test } from '@jest/globals';
import {
  ADMIN_LISTEN,
  ADVERTISE,
  adminAddress,
  HOST_ADDRESS,
  isLoopback,
  SOURCE_RANGE,
  TARGET,
} from '../../../config/addresses.ts';

const good = (value: unknown) => ({ kind: 'good', value });

describe('a next hop', () => {
  test.each([
    ['sip:10.0.1.31', 'sip:10.0.1.31', '10.0.1.31', 5060],
    ['SIP:10.0.1.31:5070', 'sip:10.0.1.31:5070', '10.0.1.31', 5070],
    ['sip:10.0.1.31;transport=UDP', 'sip:10.0.1.31;transport=udp', '10.0.1.31', 5060],
    ['sip:10.0.1.31;Transport=TCP', 'sip:10.0.1.31;transport=tcp', '10.0.1.31', 5060],
    ['sip:desk@10.0.1.31', 'sip:desk@10.0.1.31', '10.0.1.31', 5060],
    ['sip:[2001:DB8::31]', 'sip:[2001:DB8::31]', '2001:db8::31', 5060],
    ['sip:[2001:db8:0::31]:5070', 'sip:[2001:db8:0::31]:5070', '2001:db8::31', 5070],
  ])('%s', (text, uri, address, port) => {
    const hop = { address, port, transport: uri.endsWith('tcp') ? 'tcp' : 'udp' };
    expect(TARGET.read(text)).toEqual(good({ uri, destination: { kind: 'address', hop } }));
  });

  test.each([
    ['sip:psap.example', 'psap.example', undefined, undefined],
    ['sip:PSAP.Example;transport=TCP', 'psap.example', undefined, 'tcp'],
    ['sip:psap.example:5070', 'psap.example', 5070, undefined],
    ['sip:desk@psap.example:5070;transport=udp', 'psap.example', 5070, 'udp'],
    ['sip:gateway', 'gateway', undefined, undefined],
  ])('%s is looked up, with nothing filled in', (text, host, port, transport) => {
    const destination = { kind: 'name', host, port, transport };
    expect(TARGET.read(text)).toMatchObject(good({ destination }));
  });

  test.each([
    ['10.0.1.31', 'is not a SIP URI'],
    ['sip:', 'neither an address nor a host name'],
    ['sip:10.0.1', 'neither an address nor a host name'],
    ['sip:10.0.1.31:0', 'has port 0'],
    ['sip:10.0.1.31:65536', 'has port 65536'],
    ['sip:10.0.1.031', 'neither an address nor a host name'],
    ['sip:2001:db8::31', 'neither an address nor a host name'],
    ['sip:[fe80::1%eth0]', 'neither an address nor a host name'],
    ['sip:[::]', 'names no single host'],
    ['sip:[fe80::1]', 'names no single host'],
    ['sip:[ff02::1]:5060', 'names no single host'],
    ['sip:[::ffff:10.0.1.31]', 'names no single host'],
    ['sip:psap_a.example', 'neither an address nor a host name'],
    ['sip:psap..example', 'neither an address nor a host name'],
    ['sip:psap.example.', 'ends in a dot'],
    ['sip:psap.example:99999', 'has port 99999'],
    ['sip:0.0.0.0', 'names no single host'],
    ['sip:224.0.0.1', 'names no single host'],
    ['sips:10.0.1.31', 'asks for TLS'],
    ['sip:10.0.1.31;transport=sctp', 'is not understood'],
    ['sip:10.0.1.31;maddr=10.0.0.9', 'not understood'],
    ['sip:10.0.1.31?Subject=x', 'not understood'],
    ['sip:a b@10.0.1.31', 'not plain'],
    ['sip:a\r\nX: y@10.0.1.31', 'not plain'],
    ['sip:10.0.1.31\r\nX: y', 'neither an address nor a host name'],
    [5060, 'is not text'],
  ])('%j is refused', (value, complaint) => {
    expect(JSON.stringify(TARGET.read(value))).toContain(complaint);
  });
});

describe('a listener', () => {
  test.each([
    '0.0.0.0',
    '0.1.2.3',
    '224.0.1.75',
    '255.255.255.255',
    '::',
    'ff02::1',
    'fe80::1',
    'fe80::1%eth0',
    '::ffff:192.0.2.1',
  ])('is not on %s, which is no single host', (value) => {
    expect(HOST_ADDRESS.read(value).kind).toBe('bad');
  });

  test('has one spelling, whichever is written', () => {
    expect(HOST_ADDRESS.read('2001:DB8:0:0:0:0:0:11')).toEqual(good('2001:db8::11'));
  });

  test('has its port said apart from its address', () => {
    expect(JSON.stringify(HOST_ADDRESS.read('10.0.0.1:5060'))).toContain('holds a port');
  });

  test.each(['sto.any.example', 'a', 'xn--bcher-kva.example', '203.0.113.7'])(
    'may advertise %s',
    (value) => {
      expect(ADVERTISE.read(value)).toEqual(good(value));
    },
  );

  test.each(['10.0.0.300', 'a..b', '-a.example', 'a_b.example', 'a:5060', '0.0.0.0', ''])(
    'may not advertise %j',
    (value) => {
      expect(ADVERTISE.read(value).kind).toBe('bad');
    },
  );
});

describe('a source range', () => {
  test.each([
    '203.0.113.0/24',
    '0.0.0.0/0',
    '203.0.113.7',
    '203.0.113.7/32',
    '128.0.0.0/1',
    '::/0',
    '2001:db8::/32',
    '2001:DB8::1/128',
  ])('%s', (value) => {
    expect(SOURCE_RANGE.read(value)).toEqual(good(value));
  });

  test.each([
    '203.0.113.7/24',
    '203.0.113.0/',
    '203.0.113.0/024',
    '1.2.3/8',
    '1.2.3.4/8/8',
    '2001:db8::1/32',
    '2001:db8::/129',
    '::ffff:192.0.2.0/120',
    'fe80::1%eth0',
  ])('%s is refused', (value) => {
    expect(SOURCE_RANGE.read(value).kind).toBe('bad');
  });
});

describe('where the admin server listens', () => {
  test.each([
    ['127.0.0.1:8112', '127.0.0.1', true],
    ['localhost:8112', '127.0.0.1', true],
    ['[::1]:8112', '::1', true],
    ['[0:0:0:0:0:0:0:1]:8112', '0:0:0:0:0:0:0:1', true],
    ['0.0.0.0:8112', '0.0.0.0', false],
    ['10.0.0.11:8112', '10.0.0.11', false],
  ])('%s', (value, address, loopback) => {
    expect(ADMIN_LISTEN.read(value)).toEqual(good(value));
    expect(adminAddress(value)).toEqual({ address, port: 8112 });
    expect(isLoopback(address)).toBe(loopback);
  });

  test.each(['8112', ':8112', '127.0.0.1', '127.0.0.1:0', '127.0.0.1:65536', 'host:1', '::1:80'])(
    '%j is refused',
    (value) => {
      expect(ADMIN_LISTEN.read(value).kind).toBe('bad');
    },
  );
});
