import { describe, expect, test } from '@jest/globals';
import type { Gateway, GatewayName } from '../../../lib/gateways/options.ts';
import { facesFor } from '../../../lib/node/call-media.ts';
import { callingGateway } from '../../../lib/node/outwards.ts';
import { everyGateway } from '../../../lib/node/site-rules.ts';
import type { ListenerRole, ReceivedOn } from '../../../lib/ports/sip-engine.ts';
import { uriText } from '../../../lib/sip/ids.ts';
import { named, virtualDirectory } from '../../support/virtual-directory.ts';
import { virtualSiteOptions, virtualWayOut } from '../../support/virtual-site.ts';

const PSAP = { address: '10.0.1.40', port: 5060 };
const SEC = 1000;

function from(address: string, role: ListenerRole = 'gateway'): { receivedOn: ReceivedOn } {
  const listener = { address: '10.0.0.11', port: 5060, transport: 'udp', role } as const;
  return {
    receivedOn: {
      listener: { ...listener, advertise: undefined },
      source: { address, port: 40_000 },
    },
  };
}

const gateway = (name: string, destination: Gateway['destination']): Gateway => ({
  name: name as GatewayName,
  uri: uriText('sip:psap.example'),
  destination,
  priority: 1,
});

describe('the gateway that calls outwards', () => {
  const options = virtualSiteOptions(1, virtualWayOut(1, PSAP));
  const nameFor = (address: string, role?: ListenerRole) =>
    callingGateway(from(address, role), options, virtualDirectory().directory)?.name;

  test('is known by its address, on the gateway side alone', () => {
    expect(nameFor('10.0.1.40')).toBe('psap');
    expect(nameFor('10.0.1.40', 'unicast')).toBeUndefined();
    expect(nameFor('10.0.1.40', 'anycast')).toBeUndefined();
    expect(nameFor('10.0.1.41')).toBeUndefined();
  });

  test('is none of those outside, whose calls are not for the gateway side', () => {
    expect(nameFor('10.0.1.31')).toBeUndefined();
    expect(everyGateway(options).map(({ name }) => name)).toEqual(['psap', 'g1']);
  });

  test('may be a last resort', () => {
    const hop = { address: '10.0.9.9', port: 5060, transport: 'udp' } as const;
    const lastResort = gateway('last-resort:psap', { kind: 'address', hop });
    const groups = options.groups.map((group) => ({ ...group, lastResort }));
    const { directory } = virtualDirectory();
    const found = callingGateway(from('10.0.9.9'), { ...options, groups }, directory);
    expect(found?.name).toBe('last-resort:psap');
  });

  test('by name is at every address that DNS has told, more than one call would try', async () => {
    const { directory, names, pass } = virtualDirectory();
    const addresses = Array.from({ length: 12 }, (_, index) => `10.0.2.${index + 1}`);
    names.has('A psap.example', 60, ...addresses);
    const destination = named('psap.example:5060');
    const site = { ...options, gateways: [gateway('psap-a', destination)] };
    expect(callingGateway(from('10.0.2.12'), site, directory)).toBeUndefined();
    directory.follow([destination]);
    await pass(SEC);
    for (const address of addresses)
      expect(callingGateway(from(address), site, directory)?.name).toBe('psap-a');
    expect(callingGateway(from('10.0.2.13'), site, directory)).toBeUndefined();
  });
});

test('media of a call outwards is inside on leg a and outside on leg b', () => {
  const { a, b } = facesFor('none', 'outside');
  expect([a.network, b.network]).toEqual(['inside', 'outside']);
  expect(b.protection).toBe('none');
  const { a: caller, b: inside } = facesFor();
  expect([caller.network, inside.network]).toEqual(['outside', 'inside']);
});
