import { describe, expect, test } from '@jest/globals';
import { monoMs } from '../../../lib/base/brands.ts';
import { type HealthBook, healthBook } from '../../../lib/gateways/health-book.ts';
import type { Gateway, GatewayName, Group } from '../../../lib/gateways/options.ts';
import { planHunt } from '../../../lib/gateways/plan-hunt.ts';
import { routeFinder } from '../../../lib/gateways/routes.ts';
import { writeAddress } from '../../../lib/sip/address.ts';
import { type UriText, uriText } from '../../../lib/sip/ids.ts';
import { named, type VirtualDirectory, virtualDirectory } from '../../support/virtual-directory.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';

const gateway = (name: string, priority: number, uri = 'sip:10.0.1.1:5080'): Gateway => ({
  name: name as GatewayName,
  uri: uriText(uri),
  destination: { kind: 'address', hop: { address: '10.0.1.1', port: 5080, transport: 'udp' } },
  priority,
});
const all = [gateway('slow', 2), gateway('fast', 1), gateway('other', 1)];
const group = (changes: Partial<Group> = {}): Group => ({
  name: 'psap',
  gateways: all.map(({ name }) => name),
  emergency: true,
  failoverOn: 'any',
  lastResort: gateway('last-resort', 0),
  ...changes,
});
const asked = uriText('sip:112@192.0.2.112');
const { directory } = virtualDirectory();
const newBook = () => healthBook(new VirtualWorld(1).world);
/** The hunt of an emergency call. */
const plan = (
  of: Group,
  gateways: readonly Gateway[],
  health: HealthBook,
  uri = asked,
  emergency = true,
  where = directory,
) =>
  planHunt(
    { group: of, asked: uri, emergency },
    { gateways, health, directory: where, rng: new VirtualWorld(1).world.rng },
  );
const names = (targets: readonly { gateway: string }[]) => targets.map((one) => one.gateway);

describe('planHunt', () => {
  test('goes by priority, then by the order of the group, and ends at the last resort', () => {
    const health = newBook();
    expect(names(plan(group(), all, health))).toEqual(['fast', 'other', 'slow', 'last-resort']);
  });

  test('tries a gateway that is believed down after the others and never skips it', () => {
    const time = new VirtualWorld(1);
    const health = healthBook(time.world);
    health.note('fast', 'silent');
    expect(names(plan(group(), all, health))).toEqual(['other', 'slow', 'fast', 'last-resort']);
    health.note('fast', 'alive');
    expect(names(plan(group(), all, health))[0]).toBe('fast');
    health.note('fast', 'refused');
    expect(names(plan(group(), all, health))[0]).toBe('other');
    time.runUntil(monoMs(10_001));
    expect(names(plan(group(), all, health))[0]).toBe('fast');
  });

  test('asks for a service URN as it was dialled [6881-9.2]', () => {
    const health = newBook();
    const sos = uriText('urn:service:sos.police');
    expect(plan(group(), all, health, sos)[0]?.uri).toBe('urn:service:sos.police');
  });

  test.each([
    ['sip:112@192.0.2.112;user=phone', 'urn:service:sos'],
    ['tel:112;phone-context=+46', 'urn:service:sos'],
    ['911', 'urn:service:sos'],
    ['test_incorrect', 'urn:service:sos'],
    ['urn:service:911', 'urn:service:sos'],
    ['urn:service:sos.ecall.automatic', 'urn:service:sos.ecall.automatic'],
    ['urn:service:test.sos.police', 'urn:service:test.sos.police'],
  ])('asks a group that wants a service URN for one where %s was dialled', (dialled, uri) => {
    const desk = 'sip:112@10.0.9.9';
    const wanting = group({ asksFor: 'service', lastResort: gateway('pstn', 1, desk) });
    const asks = (emergency: boolean) =>
      plan(wanting, all, newBook(), uriText(dialled), emergency).map((one) => one.uri);
    const last = uri === dialled ? uri : desk;
    expect(asks(true)).toEqual([uri, uri, uri, last]);
    if (uri !== dialled) expect(asks(false)).not.toContain(uri);
  });

  test('asks for the dialled user at the gateway, whatever the caller wrote beside it', () => {
    const health = newBook();
    const uri = (text: string) => plan(group(), all, health, uriText(text))[0]?.uri;
    expect(uri('sip:112@192.0.2.112;maddr=10.9.9.9;user=phone')).toBe('sip:112@10.0.1.1:5080');
    expect(uri('tel:112;phone-context=+46')).toBe('sip:112@10.0.1.1:5080');
    expect(uri('911')).toBe('sip:911@10.0.1.1:5080');
  });

  test('a user in the URI of the gateway wins over the dialled one', () => {
    const fixed = [gateway('fast', 1, 'sip:desk@10.0.1.1:5080')];
    const health = newBook();
    expect(plan(group(), fixed, health)[0]?.uri).toBe('sip:desk@10.0.1.1:5080');
  });
});

describe('planHunt through names', () => {
  const by = (name: string, priority: number): Gateway => ({
    ...gateway(name, priority, `sip:${name}.example`),
    destination: named(`udp:${name}.example`),
  });
  const members = [by('a', 1), by('b', 2)];
  const reachable = group({
    gateways: members.map(({ name }) => name),
    lastResort: by('resort', 3),
  });

  async function planned(change: (set: VirtualDirectory) => void, emergency: boolean) {
    const set = virtualDirectory();
    for (const [index, name] of ['a', 'b', 'resort'].entries()) {
      set.names.has(`SRV _sip._udp.${name}.example`, 10, `1 0 507${index} gw.${name}.example`);
      set.names.has(`A gw.${name}.example`, 10, `10.0.${index}.1`, `10.0.${index}.2`);
    }
    set.directory.follow([...members, by('resort', 3)].map(({ destination }) => destination));
    await set.pass(0);
    change(set);
    await set.pass(20_000);
    const health = healthBook(set.time.world);
    return plan(reachable, members, health, asked, emergency, set.directory).map(
      ({ gateway, uri, address }) => `${gateway} ${writeAddress(address)} ${uri}`,
    );
  }
  const A_HOPS = ['a 10.0.0.1:5070 sip:112@a.example', 'a 10.0.0.2:5070 sip:112@a.example'];
  const B_HOPS = ['b 10.0.1.1:5071 sip:112@b.example', 'b 10.0.1.2:5071 sip:112@b.example'];
  const RESORT = [
    'resort 10.0.2.1:5072 sip:112@resort.example',
    'resort 10.0.2.2:5072 sip:112@resort.example',
  ];
  const noA = ({ names }: VirtualDirectory) =>
    names.answers('A gw.a.example', { kind: 'nothing', why: 'NXDOMAIN', ttlSec: 60 });

  test('tries every place of a gateway before the next gateway, and names it in the URI', async () => {
    expect(await planned(() => undefined, false)).toEqual([...A_HOPS, ...B_HOPS, ...RESORT]);
  });

  test('goes by what DNS said last while its servers are silent', async () => {
    const silence = ({ names }: VirtualDirectory) => names.fails('timeout');
    expect(await planned(silence, false)).toEqual([...A_HOPS, ...B_HOPS, ...RESORT]);
  });

  test('leaves out what DNS knows no more, and tries it late in an emergency', async () => {
    expect(await planned(noA, false)).toEqual([...B_HOPS, ...RESORT]);
    expect(await planned(noA, true)).toEqual([...B_HOPS, ...A_HOPS, ...RESORT]);
  });
});

describe('routes', () => {
  const psap = group();
  const office = group({ name: 'office', emergency: false });
  const finder = routeFinder(
    [
      { match: { urn: 'urn:service:sos' }, group: 'psap' },
      { match: { user: '112' }, group: 'psap' },
      { match: { user: '2*' }, group: 'office' },
    ],
    [psap, office],
  );
  const find = (uri: UriText) => finder(uri, undefined)?.group;

  test('a service URN matches its sub-services in any case, and no longer word [5031-4.1]', () => {
    expect(find(uriText('URN:Service:SOS.police'))).toBe(psap);
    expect(find(uriText('urn:service:sosx'))).toBeUndefined();
    expect(find(uriText('urn:service:test.sos'))).toBeUndefined();
  });

  test('a user matches whole, or by its beginning where the route ends in a star', () => {
    expect(find(uriText('sip:112@anywhere;user=phone'))).toBe(psap);
    expect(find(uriText('tel:112'))).toBe(psap);
    expect(find(uriText('sip:1123@x'))).toBeUndefined();
    expect(find(uriText('sip:234@x'))).toBe(office);
  });
});
