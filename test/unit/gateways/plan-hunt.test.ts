import { describe, expect, test } from '@jest/globals';
import { monoMs } from '../../../lib/base/brands.ts';
import { type HealthBook, healthBook } from '../../../lib/gateways/health-book.ts';
import type { Gateway, GatewayName, Group } from '../../../lib/gateways/options.ts';
import { planHunt } from '../../../lib/gateways/plan-hunt.ts';
import { routeFinder } from '../../../lib/gateways/routes.ts';
import { type UriText, uriText } from '../../../lib/sip/ids.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';

const gateway = (name: string, priority: number, uri = 'sip:10.0.1.1:5080'): Gateway => ({
  name: name as GatewayName,
  uri: uriText(uri),
  address: { address: '10.0.1.1', port: 5080 },
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
const newBook = () => healthBook(new VirtualWorld(1).world);
/** The hunt of an emergency call. */
const plan = (
  of: Group,
  gateways: readonly Gateway[],
  health: HealthBook,
  uri = asked,
  emergency = true,
) =>
  planHunt(
    { group: of, asked: uri, emergency },
    { gateways, health, rng: new VirtualWorld(1).world.rng },
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
