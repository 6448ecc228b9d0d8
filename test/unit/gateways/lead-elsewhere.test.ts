import { describe, expect, test } from '@jest/globals';
import { redirectTargets, transferTarget } from '../../../lib/gateways/lead-elsewhere.ts';
import type { Gateway, GatewayName } from '../../../lib/gateways/options.ts';
import type { Transport } from '../../../lib/sip/address.ts';
import { header } from '../../../lib/sip/header-names.ts';
import { uriText } from '../../../lib/sip/ids.ts';
import { virtualDirectory } from '../../support/virtual-directory.ts';

const gateway = (number: number, transport: Transport = 'udp'): Gateway => ({
  name: `g${number}` as GatewayName,
  uri: uriText(`sip:10.0.1.${number}:5080`),
  destination: { kind: 'address', hop: { address: `10.0.1.${number}`, port: 5080, transport } },
  priority: 1,
});
const SIX = '2001:db8::31';
const six: Gateway = {
  ...gateway(6),
  uri: uriText(`sip:[${SIX}]:5080`),
  destination: { kind: 'address', hop: { address: SIX, port: 5080, transport: 'udp' } },
};
const all = [gateway(1), gateway(2), gateway(3, 'tcp'), six];

const led = (...contacts: readonly string[]) =>
  redirectTargets(
    contacts.map((value) => header('Contact', value)),
    all,
    virtualDirectory().directory,
  ).map(({ gateway: name, uri }) => `${name} ${uri}`);

describe('where a 3xx leads', () => {
  test('the UAC tries the contacts in the order of their q values [3261-8.1.3.4]', () => {
    expect(
      led('<sip:desk@10.0.1.1:5080>;q=0.2, <sip:112@10.0.1.2:5080>;q=0.9', '<sip:x@10.0.1.3:5080>'),
    ).toEqual(['g3 sip:x@10.0.1.3:5080', 'g2 sip:112@10.0.1.2:5080', 'g1 sip:desk@10.0.1.1:5080']);
  });

  test.each([
    '<sip:112@203.0.113.9:5080>',
    '<sip:112@10.0.1.1:5060>',
    '<sip:112@10.0.1.1:5080;transport=tcp>',
    '<sips:112@10.0.1.1:5080>',
    '<sip:112@192.0.2.112:5060>',
    '<sip:112@psap.example>',
    '<tel:112>',
    '*',
  ])('never to a place that is no gateway of the site: %s', (contact) => {
    expect(led(contact)).toEqual([]);
  });

  test('to a gateway of IPv6 however its address is written', () => {
    expect(led('<sip:112@[2001:DB8:0:0:0:0:0:31]:5080>')).toEqual([`g6 sip:112@[${SIX}]:5080`]);
    expect(led('<sip:112@[2001:db8::32]:5080>')).toEqual([]);
  });

  test('what a Contact adds to the address is not taken over', () => {
    expect(led('<sip:112@10.0.1.1:5080;maddr=203.0.113.9?Route=%3Csip:x%3E>')).toEqual([
      'g1 sip:112@10.0.1.1:5080',
    ]);
  });
});

describe('where a REFER leads', () => {
  const referred = (...values: readonly string[]) => {
    const headers = values.map((value) => header('Refer-To', value));
    const by = header('Referred-By', '<sip:desk@psap.example>');
    return transferTarget([...headers, by], all, virtualDirectory().directory);
  };

  test('to a gateway of the site, which hears who has referred to it', () => {
    expect(referred('"Desk 2" <sip:112@10.0.1.2:5080;transport=udp>')).toMatchObject({
      gateway: 'g2',
      uri: 'sip:112@10.0.1.2:5080',
      headers: [header('Referred-By', '<sip:desk@psap.example>')],
    });
  });

  test('with the dialog that is to be replaced there, and nothing else that the URI says [3515-2.1]', () => {
    const uri = 'sip:112@10.0.1.3:5080?Replaces=one%3Bto-tag%3D1%3Bfrom-tag%3D2&Route=%3Csip:x%3E';
    expect(referred(`<${uri}>`)).toMatchObject({
      gateway: 'g3',
      uri: 'sip:112@10.0.1.3:5080',
      headers: [
        header('Replaces', 'one;to-tag=1;from-tag=2'),
        header('Referred-By', '<sip:desk@psap.example>'),
      ],
    });
  });

  test.each(['<sip:112@203.0.113.9:5080>', '<tel:112>', '<sip:112@10.0.1.1:5080;method=BYE>', ''])(
    'to nobody else: %j',
    (value) => {
      expect(referred(value)).toBeUndefined();
    },
  );

  test('nowhere, if it names nobody', () => {
    expect(referred()).toBeUndefined();
  });
});
