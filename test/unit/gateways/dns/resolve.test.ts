import { describe, expect, test } from '@jest/globals';
import { ALIASES_MAX, QUESTIONS_MAX } from '../../../../lib/gateways/dns/resolve.ts';
import { alias, besideOf, type Known, lead, pending, recordsOf, silent } from './known-answers.ts';

const NAPTR = 'NAPTR psap.example';
const UDP = 'SRV _sip._udp.psap.example';
const TCP = 'SRV _sip._tcp.psap.example';
const NAME = 'A psap.example';

/** Two servers, by UDP and by TCP, as most zones have them. */
const SERVICES: Known = {
  [UDP]: ['1 0 5060 gw1.example', '2 0 5060 gw2.example'],
  [TCP]: ['1 0 5070 gw1.example'],
  'A gw1.example': ['10.0.1.1'],
  'A gw2.example': ['10.0.1.2'],
};
const BY_UDP = ['udp:10.0.1.1:5060', 'udp:10.0.1.2:5060'];
const BY_TCP = ['tcp:10.0.1.1:5070'];
const pointer = (order: number, preference: number, service: string, replacement: string) =>
  `${order} ${preference} "s" "${service}" "" ${replacement}`;

test('each version of IP that a listener has is asked for, and gives hops of its own', () => {
  const known = { [NAME]: ['10.0.1.9'], 'AAAA psap.example': ['2001:DB8::9', 'fe80::1'] };
  const both = lead('udp:psap.example:5080', known, { familiesOf: () => [6, 4] });
  expect(both.hops).toEqual(['udp:[2001:db8::9]:5080', 'udp:10.0.1.9:5080']);
  const four = lead('udp:psap.example:5080', known);
  expect(four.hops).toEqual(['udp:10.0.1.9:5080']);
  expect(four.questions).toEqual([NAME]);
});

describe('selecting a transport protocol [3263-4.1]', () => {
  test('if the URI specifies a transport protocol, that transport protocol SHOULD be used', () => {
    const found = lead('tcp:psap.example', {
      ...SERVICES,
      [NAPTR]: ['1 1 "s" "SIP+D2U" "" x.example'],
    });
    expect(found.hops).toEqual(BY_TCP);
    expect(found.questions).not.toContain(NAPTR);
  });

  test('if an explicit port is provided, the client SHOULD use UDP for a SIP URI', () => {
    const found = lead('psap.example:5080', { ...SERVICES, [NAME]: ['10.0.1.9'] });
    expect(found.hops).toEqual(['udp:10.0.1.9:5080']);
  });

  test('otherwise the client SHOULD perform a NAPTR query for the domain in the URI', () => {
    expect(lead('psap.example', { [NAPTR]: pending }).questions).toEqual([NAPTR]);
  });

  test('NAPTR discovers the most preferred transport protocol that the client supports', () => {
    const records = [
      pointer(10, 20, 'SIP+D2U', '_sip._udp.psap.example'),
      pointer(10, 10, 'SIP+D2T', '_sip._tcp.psap.example'),
    ];
    expect(lead('psap.example', { ...SERVICES, [NAPTR]: records }).hops).toEqual([
      ...BY_TCP,
      ...BY_UDP,
    ]);
  });

  test('once a match is found the client MUST NOT consider records with a different order', () => {
    const records = [
      pointer(20, 10, 'SIP+D2U', '_sip._udp.psap.example'),
      pointer(10, 99, 'SIP+D2T', '_sip._tcp.psap.example'),
    ];
    const found = lead('psap.example', { ...SERVICES, [NAPTR]: records });
    expect(found.hops).toEqual(BY_TCP);
    expect(found.questions).not.toContain(UDP);
  });

  test('the client MUST discard service fields of transport protocols it does not support', () => {
    const records = [
      pointer(10, 10, 'SIPS+D2T', '_sips._tcp.psap.example'),
      pointer(10, 20, 'SIP+D2S', '_sip._sctp.psap.example'),
      pointer(10, 30, 'SIP+D2T', '_sip._tcp.psap.example'),
      pointer(20, 10, 'SIP+D2U', '_sip._udp.psap.example'),
    ];
    const known = { ...SERVICES, [NAPTR]: records };
    expect(lead('psap.example', known).hops).toEqual(BY_TCP);
    expect(lead('psap.example', known, { transports: ['udp'] }).hops).toEqual(BY_UDP);
  });

  test('services and flags are the same in any case', () => {
    const records = ['10 10 "S" "sip+d2t" "" _sip._tcp.psap.example'];
    expect(lead('psap.example', { ...SERVICES, [NAPTR]: records }).hops).toEqual(BY_TCP);
  });

  test.each([
    ['another flag', '1 1 "a" "SIP+D2T" "" _sip._tcp.psap.example'],
    ['a regular expression', '1 1 "s" "SIP+D2T" "!.*!x!" _sip._tcp.psap.example'],
    ['another service', '1 1 "s" "E2U+sip" "" _sip._tcp.psap.example'],
  ])('a NAPTR record with %s is as good as none', (_, record) => {
    expect(lead('psap.example', { ...SERVICES, [NAPTR]: [record] }).hops).toEqual([
      ...BY_UDP,
      ...BY_TCP,
    ]);
  });

  test('a NAPTR record that leads to no SRV record is as good as none, once that is known', () => {
    const known = { ...SERVICES, [NAPTR]: [pointer(1, 1, 'SIP+D2U', '_sip._udp.lost.example')] };
    expect(lead('psap.example', known).hops).toEqual([...BY_UDP, ...BY_TCP]);
    const waiting = { ...known, 'SRV _sip._udp.lost.example': pending };
    expect(lead('psap.example', waiting).questions).not.toContain(UDP);
  });

  test('if no NAPTR records are found, the client does an SRV query for each transport', () => {
    const found = lead('psap.example', SERVICES);
    expect(found.hops).toEqual([...BY_UDP, ...BY_TCP]);
    expect(found.questions).toEqual([NAPTR, UDP, 'A gw1.example', 'A gw2.example', TCP]);
  });

  test('a particular transport is supported by the target if the query is successful', () => {
    const { [UDP]: _, ...tcpOnly } = SERVICES;
    expect(lead('psap.example', tcpOnly).hops).toEqual(BY_TCP);
  });

  test('if no SRV records are found, the client SHOULD use UDP for a SIP URI', () => {
    expect(lead('psap.example', { [NAME]: ['10.0.1.9'] }).hops).toEqual(['udp:10.0.1.9:5060']);
  });

  test('a node that speaks TCP alone toward gateways uses TCP then', () => {
    const known = { [NAME]: ['10.0.1.9'] };
    expect(lead('psap.example', known, { transports: ['tcp'] }).hops).toEqual([
      'tcp:10.0.1.9:5060',
    ]);
  });
});

describe('determining port and IP address [3263-4.2]', () => {
  test('if a port is present in the URI, the client performs an address lookup of the name alone', () => {
    const found = lead('tcp:psap.example:5080', { ...SERVICES, [NAME]: ['10.0.1.9', '10.0.1.8'] });
    expect(found.hops).toEqual(['tcp:10.0.1.9:5080', 'tcp:10.0.1.8:5080']);
    expect(found.questions).toEqual([NAME]);
  });

  test('the client SHOULD try the first record; if that fails, the next SHOULD be tried', () => {
    const addresses = ['10.0.1.9', '10.0.1.7', '10.0.1.8'];
    expect(lead('psap.example:5060', { [NAME]: addresses }).hops).toEqual(
      addresses.map((address) => `udp:${address}:5060`),
    );
  });

  test('if a transport was specified, the client performs an SRV query for that transport', () => {
    expect(lead('udp:psap.example', SERVICES).questions).toEqual([
      UDP,
      'A gw1.example',
      'A gw2.example',
    ]);
  });

  test('if no SRV records were found, the default port for that transport is used', () => {
    expect(lead('tcp:psap.example', { [NAME]: ['10.0.1.9'] }).hops).toEqual(['tcp:10.0.1.9:5060']);
  });
});

describe('the records of SRV [2782]', () => {
  test('a Target of "." means that the service is decidedly not available at this domain', () => {
    const known = { [UDP]: ['0 0 0 .'], [NAME]: ['10.0.1.9'] };
    expect(lead('udp:psap.example', known).hops).toEqual([]);
    expect(lead('psap.example', { ...known, [TCP]: ['0 0 0 .'] }).hops).toEqual([]);
  });

  test('addresses that came beside the records serve until those of the name are there', () => {
    const beside = besideOf({ 'gw1.example': '10.0.9.1' });
    const known = { [UDP]: recordsOf('SRV', ['1 0 5060 gw1.example'], beside) };
    const hops = (more: Known) => lead('udp:psap.example', { ...known, ...more }).hops;
    expect(hops({ 'A gw1.example': pending })).toEqual(['udp:10.0.9.1:5060']);
    expect(hops({ 'A gw1.example': silent })).toEqual(['udp:10.0.9.1:5060']);
    expect(hops({ 'A gw1.example': ['10.0.1.1'] })).toEqual(['udp:10.0.1.1:5060']);
    expect(hops({})).toEqual([]);
  });
});

describe('what is not answered', () => {
  test('is waited for, and makes the way as a whole pending', () => {
    const found = lead('psap.example', { ...SERVICES, [UDP]: pending, [NAPTR]: silent });
    expect(found.hops).toEqual(BY_TCP);
    expect(found.isPending).toBe(true);
    expect(lead('psap.example', { [UDP]: pending }).questions).not.toContain(NAME);
  });

  test('by any server costs order and not the gateway', () => {
    expect(lead('psap.example', { ...SERVICES, [NAPTR]: silent }).hops).toEqual([
      ...BY_UDP,
      ...BY_TCP,
    ]);
    const none = { [NAPTR]: silent, [UDP]: silent, [TCP]: silent, [NAME]: ['10.0.1.9'] };
    expect(lead('psap.example', none).hops).toEqual(['udp:10.0.1.9:5060']);
    expect(lead('psap.example', none).isPending).toBe(false);
  });

  test('of one server leaves the others', () => {
    expect(lead('udp:psap.example', { ...SERVICES, 'A gw1.example': silent }).hops).toEqual([
      'udp:10.0.1.2:5060',
    ]);
  });
});

describe('names that stand for names', () => {
  test('are followed, of whatever type', () => {
    const known = {
      ...SERVICES,
      [UDP]: alias('_sip._udp.other.example'),
      'SRV _sip._udp.other.example': ['1 0 5062 front.example'],
      'A front.example': alias('back.example'),
      'A back.example': ['10.0.1.5'],
    };
    expect(lead('udp:psap.example', known).hops).toEqual(['udp:10.0.1.5:5062']);
  });

  test(`are followed ${ALIASES_MAX} times, and round in circles no longer`, () => {
    const chain = (length: number): Known => ({
      [NAME]: alias('n1.example'),
      ...Object.fromEntries(
        Array.from({ length }, (_, index) => [
          `A n${index + 1}.example`,
          alias(`n${index + 2}.example`),
        ]),
      ),
      [`A n${length + 1}.example`]: ['10.0.1.5'],
    });
    expect(lead('psap.example:5060', chain(ALIASES_MAX - 1)).hops).toEqual(['udp:10.0.1.5:5060']);
    expect(lead('psap.example:5060', chain(ALIASES_MAX)).hops).toEqual([]);
    const circle = { [NAME]: alias('b.example'), 'A b.example': alias('psap.example') };
    expect(lead('psap.example:5060', circle)).toMatchObject({ hops: [], isPending: false });
  });
});

describe('what DNS must not do to this site', () => {
  test('no call is led back to an address of our own, and the others are tried', () => {
    const known = { [NAME]: ['198.51.100.11', '10.0.1.9'] };
    const isOwn = ({ address }: { address: string }) => address === '198.51.100.11';
    const found = lead('psap.example:5060', known, { isOwn });
    expect(found.hops).toEqual(['udp:10.0.1.9:5060']);
    expect(found.own).toEqual(['198.51.100.11']);
  });

  test.each(['0.0.0.0', '224.0.0.1', '255.255.255.255'])('%s is nobody', (address) => {
    expect(lead('psap.example:5060', { [NAME]: [address, '10.0.1.9'] }).hops).toEqual([
      'udp:10.0.1.9:5060',
    ]);
  });

  test.each(['a..example', '-', '*.example', 'a,b.example', `${'a'.repeat(64)}.example`, ''])(
    'a target %j that cannot be asked for is not',
    (target) => {
      const found = lead('udp:psap.example', { [UDP]: [`1 0 5060 ${target}`] });
      expect(found.questions).toEqual([UDP]);
      expect(found.hops).toEqual([]);
    },
  );

  test(`one name leads to ${QUESTIONS_MAX} questions at most`, () => {
    const targets = Array.from({ length: 100 }, (_, index) => `1 0 5060 gw${index}.example`);
    const found = lead('udp:psap.example', { [UDP]: targets });
    expect(found.questions).toHaveLength(QUESTIONS_MAX);
  });
});

test('the way is fresh until the first of its answers expires', () => {
  expect(lead('psap.example', SERVICES).freshUntil).toBe(60_000);
  const silence = { [NAPTR]: silent, [UDP]: silent, [TCP]: silent, [NAME]: silent };
  expect(lead('psap.example', silence).freshUntil).toBe(Number.POSITIVE_INFINITY);
});
