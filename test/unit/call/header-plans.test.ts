import { describe, expect, test } from '@jest/globals';
import { octetsOfText } from '../../../lib/base/brands.ts';
import { crossing, withoutOffer } from '../../../lib/call/header-plans.ts';
import { fenced } from '../../../lib/engine/builtin/proto/fence.ts';
import { header } from '../../../lib/sip/header-names.ts';

const all = [
  header('Via', 'SIP/2.0/UDP x'),
  header('Route', '<sip:10.0.0.1;lr>'),
  header('X-Unknown', 'kept in an emergency'),
  header('Geolocation', '<cid:a@b>'),
  header('Geolocation', '<https://where>'),
  header('Require', '100rel'),
  header('y', 'an identity'),
  header('Proxy-Authorization', 'Digest x'),
  header('c', 'application/sdp'),
];

describe('header plans', () => {
  test('an ordinary call passes what is named and what describes the body', () => {
    expect(crossing(all, false).map(({ written }) => written)).toEqual([
      'Geolocation',
      'Geolocation',
      'y',
      'c',
    ]);
  });

  test('an emergency call passes everything but what is named, in order and spelling', () => {
    expect(crossing(all, true).map(({ written }) => written)).toEqual([
      'X-Unknown',
      'Geolocation',
      'Geolocation',
      'y',
      'c',
    ]);
  });

  test('Max-Breadth crosses as it is: a hunt tries one gateway at a time [5393-5.3.3]', () => {
    const breadth = [header('Max-Breadth', '60')];
    expect(crossing(breadth, true)).toEqual(breadth);
    expect(crossing(breadth, false)).toEqual(breadth);
  });

  test('a UA declares with Recv-Info what it is willing to receive in INFO, which the node carries: it crosses in an emergency [6086-4.2.1]', () => {
    const packages = [header('Recv-Info', 'EmergencyCallData.eCall.MSD')];
    expect(fenced(crossing(packages, true))).toEqual(packages);
    expect(crossing(packages, false)).toEqual([]);
  });

  test('the extension fence holds in both', () => {
    const names = ['Supported', 'Require', 'Allow', 'Session-Expires', 'Min-SE', 'RSeq', 'RAck'];
    const headers = names.map((name) => header(name, 'x'));
    expect(crossing(headers, true)).toEqual([]);
    expect(crossing(headers, false)).toEqual([]);
  });

  test('who is to make the offer hears all but the SDP, and no type of a body that is not there', () => {
    const headers = [header('Geolocation', '<cid:a@b>'), header('c', 'application/sdp')];
    const { headers: left, body } = withoutOffer({ headers, body: octetsOfText('v=0\r\n') });
    expect([left, body]).toEqual([headers.slice(0, 1), '']);
    const other = { headers: [header('c', 'text/plain')], body: octetsOfText('help') };
    expect(withoutOffer(other)).toEqual(other);
  });
});
