import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { octetsOf } from '../../lib/base/brands.ts';
import type { Address } from '../../lib/sip/address.ts';
import { header } from '../../lib/sip/header-names.ts';
import { headerValue } from '../../lib/sip/headers.ts';
import { callsAt } from '../compliance/media-anchor/anchors.ts';
import { type Callers, openCallers } from '../support/callers.ts';
import type { Child } from '../support/child.ts';
import { type EmergencyInvite, emergencyInvites } from '../support/emergency-invites.ts';
import { type MediaGateway, openMediaGateway } from '../support/media-gateway.ts';
import { mediaKeys, rtpengineBeside } from '../support/media-site.ts';
import { audioOf, sdpOf } from '../support/rtp-peer.ts';
import { startRtpengine } from '../support/rtpengine.ts';
import { headerOf } from '../support/sipp-logs.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { openUdpSink, type UdpSink } from '../support/udp-sink.ts';
import { until } from '../support/until.ts';

const NET = '127.21.50';
const PLACE = rtpengineBeside(NET, 1);
const INVITES = emergencyInvites();
const KEYS = {
  ...mediaKeys([PLACE]),
  groups: [
    { name: 'psap', gateways: ['gw1'], emergency: true },
    { name: 'loops', gateways: ['gw2'], emergency: true },
  ],
  routes: [
    { match: { urn: 'urn:service:sos' }, group: 'psap' },
    { match: { user: '112' }, group: 'psap' },
    { match: { user: '113' }, group: 'loops' },
  ],
};
jest.setTimeout(60_000);

describe('emergency INVITEs with a place and more in them, their media anchored', () => {
  let rtpengine: Child;
  let stage: Stage;
  let callers: Callers;
  let gateway: MediaGateway;
  let looping: UdpSink | undefined;
  beforeAll(async () => {
    rtpengine = await startRtpengine(PLACE);
    stage = await openStage({ net: NET, gatewayCount: 2, keys: KEYS });
    const [at] = stage.gateways;
    callers = await openCallers(stage.caller, stage.site.anycast);
    const sdp = sdpOf({ at: { ...at, port: 4000 }, formats: '8' });
    gateway = await openMediaGateway(
      at,
      () => sdp,
      (guest) => guest.answer(),
    );
  });
  afterAll(async () => {
    await callers.close();
    await gateway.close();
    await looping?.close();
    expect(await stage.close()).toBe(0);
    await rtpengine.stop();
  });

  test.each(INVITES)('$what: nothing but its SDP is another', async (invite) => {
    const sent = octetsOf(invite.body);
    const [before, sdp, after] = aroundSdp(sent);

    const caller = callers.call({
      uri: invite.uri,
      sdp: octetsOf(Buffer.from(sdp, 'latin1')),
      instead: { headers: headersOf(invite), body: sent },
    });
    await caller.isAnswered();

    const { body, headers } = gateway.guests.at(-1)?.request ?? { body: '', headers: [] };
    const crossed = body.slice(before.length, body.length - after.length);
    expect([body.startsWith(before), body.endsWith(after)]).toEqual([true, true]);
    expect(audioOf(crossed).address).toBe(PLACE.inside);
    expect(audioOf(caller.told[0]?.sdp ?? '').address).toBe(PLACE.outside);
    expect(attributesIn(crossed)).toEqual(expect.arrayContaining(attributesIn(sdp)));
    expect(headerValue(headers, 'content-type')).toBe(contentTypeOf(invite));
    caller.leave();
    await until('nothing to be anchored', async () => (await callsAt(PLACE.ng)).length === 0);
  });

  test('an INVITE that comes back under other names is known by the SDP that it left with', async () => {
    const at = stage.gateways[1] ?? stage.gateways[0];
    looping = await openUdpSink(at, (bytes) => {
      const text = bytes.toString('latin1');
      if (text.startsWith('INVITE ')) looping?.send(underOtherNames(text, at), stage.site.anycast);
    });
    const uri = `sip:113@${stage.site.anycast.address}`;
    const caller = callers.call({ uri, sdp: sdpOf({ at: { ...stage.caller, port: 4000 } }) });

    const { text } = await looping.next('what becomes of it', (one) => /^SIP\/2.0 [2-6]/.test(one));

    expect(text).toMatch(/^SIP\/2.0 482 /);
    caller.leave();
  });
});

/** As a B2BUA would send it: the caller's number and the session are all that is left. */
function underOtherNames(invite: string, { address, port }: Address): string {
  const body = invite.slice(invite.indexOf('\r\n\r\n') + 4);
  return [
    /^INVITE .*/.exec(invite)?.[0],
    `Via: SIP/2.0/UDP ${address}:${port};branch=z9hG4bKother`,
    'Max-Forwards: 70',
    headerOf(invite, 'From').replace(/^(.*);tag=.*$/, 'From: $1;tag=other'),
    `To: ${headerOf(invite, 'To')}`,
    'Call-ID: another',
    'CSeq: 1 INVITE',
    `Contact: <sip:b2bua@${address}:${port}>`,
    'Content-Type: application/sdp',
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

/** What stands before the SDP part of a body, the SDP, and what stands behind it. */
function aroundSdp(body: string): readonly [string, string, string] {
  const start = body.indexOf('v=0\r\n');
  const end = body.indexOf('--b-', start);
  const last = body.slice(start, end).lastIndexOf('\r\n');
  return [body.slice(0, start), body.slice(start, start + last), body.slice(start + last)];
}

const headersOf = ({ headers }: EmergencyInvite) =>
  headers.map(([name, value]) => header(name, octetsOf(Buffer.from(value, 'utf8'))));

const contentTypeOf = ({ headers }: EmergencyInvite) =>
  headers.find(([name]) => name === 'Content-Type')?.[1];

const attributesIn = (sdp: string) => sdp.match(/^a=(?:rtpmap|fmtp|ptime).*$/gm) ?? [];
