import { describe, expect, test } from '@jest/globals';
import type { CallEvent } from '../../../lib/call/events.ts';
import type { LiveCall } from '../../../lib/node/live-call.ts';
import { asItLeads, type Place } from '../../../lib/node/referrals.ts';
import type { SipEngine } from '../../../lib/ports/sip-engine.ts';
import { header } from '../../../lib/sip/header-names.ts';
import { headerValue } from '../../../lib/sip/headers.ts';
import { legId, sipCallId, tagOf, uriText } from '../../../lib/sip/ids.ts';
import { contactUri } from '../../../lib/sip/name-addr.ts';
import { replacesIn } from '../../../lib/sip/replaces.ts';

/** A call of a PSAP outwards: leg a is inside and the PSAP's, leg b leads to somebody outside. */
const other = {
  state: { tag: 'talking', bridge: { fork: 0, attempt: 1, tag: tagOf('theirs') }, facts: {} },
  legA: legId('a'),
  identities: [{ tag: tagOf('ours-a') }],
  contactListener: { address: '10.0.0.11', port: 5060, transport: 'udp' },
  legsB: [{ leg: legId('b'), contact: uriText('sip:ours-b@198.51.100.11') }],
} as unknown as LiveCall;

const DIALOGS = [
  {
    at: { leg: legId('a'), tag: tagOf('ours-a') },
    id: { callId: sipCallId('of-a'), localTag: tagOf('ours-a'), remoteTag: tagOf('psap') },
    target: uriText('sip:desk@10.0.1.40'),
  },
  {
    at: { leg: legId('b'), tag: tagOf('theirs') },
    id: { callId: sipCallId('of-b'), localTag: tagOf('ours-b'), remoteTag: tagOf('theirs') },
    target: uriText('sip:phone@203.0.113.9:5070'),
  },
];

const engine = {
  find: ({ callId, localTag, remoteTag }) =>
    DIALOGS.find(
      ({ id }) => id.callId === callId && id.localTag === localTag && id.remoteTag === remoteTag,
    )?.at,
  identify: (leg, tag) => {
    const found = DIALOGS.find(({ at }) => at.leg === leg && at.tag === tag);
    return found === undefined ? undefined : { ...found.id, target: found.target };
  },
} as Pick<SipEngine, 'find' | 'identify'> as SipEngine;

const places: Record<string, Place> = {
  a: { call: other, attempt: 0 },
  b: { call: other, attempt: 1 },
};

const refer = (referTo: string, method = 'REFER') =>
  ({
    on: 'asked',
    method,
    headers: [header('Refer-To', referTo), header('Referred-By', '<sip:desk@psap.example>')],
  }) as unknown as CallEvent;

/** Where a REFER leads as it crosses. */
function crossed(event: CallEvent, call: Partial<LiveCall> = {}): string {
  const led = asItLeads(call as LiveCall, event, engine, (leg) => places[leg]);
  if (!('headers' in led)) throw new Error('it has no headers');
  expect(headerValue(led.headers, 'referred-by')).toBe('<sip:desk@psap.example>');
  return headerValue(led.headers, 'refer-to') ?? '';
}

describe('a REFER that crosses', () => {
  test('and names a dialog of this site means the one across that call, as its far end sees it [3891-6.1]', () => {
    const named = 'of-a%3Bto-tag%3Dours-a%3Bfrom-tag%3Dpsap';
    const value = crossed(refer(`<sip:ours-a@10.0.0.11?Replaces=${named}>`));
    const uri = contactUri(value) ?? uriText('');
    expect(uri).toMatch(/^sip:phone@203\.0\.113\.9:5070\?/);
    expect(replacesIn(uri)).toEqual({
      callId: 'of-b',
      localTag: 'theirs',
      remoteTag: 'ours-b',
      isEarlyOnly: false,
    });
    const back = 'of-b%3Bto-tag%3Dours-b%3Bfrom-tag%3Dtheirs%3Bearly-only';
    const other = contactUri(crossed(refer(`<sip:x@198.51.100.11?Replaces=${back}>`)));
    expect(other).toMatch(/^sip:desk@10\.0\.1\.40\?/);
    expect(replacesIn(other ?? uriText(''))).toMatchObject({ callId: 'of-a', isEarlyOnly: true });
  });

  test.each([
    '<sip:112@203.0.113.1>',
    '<sip:112@203.0.113.1?Replaces=another%3Bto-tag%3Dours-a%3Bfrom-tag%3Dpsap>',
    '<tel:112>',
    'no address',
  ])('is left as it is otherwise: %s', (value) => {
    expect(crossed(refer(value))).toBe(value);
  });

  test('is the only request whose headers are looked into', () => {
    const named = '<sip:x@10.0.0.11?Replaces=of-a%3Bto-tag%3Dours-a%3Bfrom-tag%3Dpsap>';
    expect(crossed(refer(named, 'INFO'))).toBe(named);
  });
});

test('a REFER that is carried out here is told where it leads', () => {
  const target = { gateway: 'g2' };
  const call = { transferTo: () => target } as unknown as LiveCall;
  const led = asItLeads(call, refer('<sip:112@10.0.1.2>'), engine, () => undefined);
  expect(led).toMatchObject({ leadsTo: target });
});

test('a 3xx of a call whose group follows is told where it leads', () => {
  const redirects = [{ gateway: 'g2' }];
  const call = { redirects: () => redirects } as unknown as LiveCall;
  const moved = { on: 'b-refused', status: 302, headers: [] } as unknown as CallEvent;
  expect(asItLeads(call, moved, engine, () => undefined)).toMatchObject({ redirects });
  const busy = { ...moved, status: 486 } as CallEvent;
  expect(asItLeads(call, busy, engine, () => undefined)).toEqual(busy);
});
