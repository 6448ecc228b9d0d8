import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startLinphone } from '../support/linphone.ts';
import { type NatHome, openNatHome } from '../support/nat-home.ts';
import { complaintsOf, type SippEnd, type SippOptions } from '../support/sipp.ts';
import { addressesOf } from '../support/site.ts';
import { openStage, type Stage } from '../support/stage.ts';

/**
 * Of RFC 2544's range for tests between networks. Both sites are one cable away from the router;
 * the second one keeps no way open.
 */
const NET = '198.18.44';
const MUTE_NET = '198.18.45';
const HOME = '192.168.78.10';
/** test/system/nat-180 waits longer, with router and site as they are shipped. */
const LONG_SEC = Number(process.env['LANDFALL_NAT_SEC'] ?? 0);
const IDLE_SEC = LONG_SEC || 6;
const FORGETS_SEC = LONG_SEC ? { young: 30, stream: 120 } : { young: 3, stream: 4 };
const SHIPPED = {};
const KEPT = LONG_SEC ? SHIPPED : { nat: { keepAliveMs: 1000 } };
/** By which a BYE that does not arrive has been tried by all ways. */
const PATIENCE_SEC = 7;
const LIFE_MS = (IDLE_SEC + 60) * 1000;
jest.setTimeout(LIFE_MS);

const here = (net: string) => {
  const { anycast, unicast, gatewaySide } = addressesOf(net);
  return [
    `${net}.31`,
    `${net}.32`,
    ...[anycast, unicast, gatewaySide].map(({ address }) => address),
  ];
};

/** Who dials 112 is hung up on, who dials 113 is answered late. */
const gatewaysOf = (net: string) => ({
  gateways: [
    { name: 'hangs-up', uri: `sip:${net}.31:5080` },
    { name: 'is-late', uri: `sip:${net}.32:5080` },
  ],
  groups: [
    { name: 'hangs-up', gateways: ['hangs-up'], emergency: true },
    { name: 'is-late', gateways: ['is-late'], emergency: true },
  ],
  routes: [
    { match: { user: '112' }, group: 'hangs-up' },
    { match: { user: '113' }, group: 'is-late' },
  ],
});

describe(`a UDP caller behind NAT, after ${IDLE_SEC} s of silence`, () => {
  let home: NatHome;
  let stage: Stage;
  let mute: Stage;
  let ends: Awaited<ReturnType<typeof allAtOnce>>;
  beforeAll(async () => {
    home = await openNatHome({
      sites: [`${NET}.1`, ...here(NET), ...here(MUTE_NET)],
      outside: `${NET}.201`,
      inside: HOME,
      forgetsSec: FORGETS_SEC,
      lifeMs: LIFE_MS,
    });
    const keys = { ...gatewaysOf(NET), ...KEPT };
    stage = await openStage({ net: NET, adminHost: '127.21.44.1', gatewayCount: 2, keys });
    const muteKeys = { ...gatewaysOf(MUTE_NET), nat: { keepAliveMs: 600_000 } };
    const muteNet = { net: MUTE_NET, adminHost: '127.21.45.1', gatewayCount: 2 };
    mute = await openStage({ ...muteNet, keys: muteKeys });
    for (const site of [stage, mute]) {
      const run = { pauseMs: IDLE_SEC * 1000, withinSec: IDLE_SEC + 30 };
      await site.gateway('uas-bye', run);
      await site.gateway('uas-answer', { ...run, local: site.gateways[1] ?? site.gateways[0] });
    }
    ends = await allAtOnce();
  });
  afterAll(async () => {
    expect(await stage.close()).toBe(0);
    expect(await mute.close()).toBe(0);
    await home.close();
  });

  async function allAtOnce() {
    const deaf = { deaf: true };
    const waits = { ...deaf, service: '113', pauseMs: 100 };
    const [answering, refusing, silent, lost, late, never] = await Promise.all([
      linphoneCalls(),
      call(stage, 5062, 'uac-refuses-options'),
      call(stage, 5063, 'uac-hung-up', deaf),
      call(mute, 5064, 'uac-hung-up', deaf),
      call(stage, 5065, 'uac-honours-contact', waits),
      call(mute, 5066, 'uac-honours-contact', waits),
    ]);
    return { answering, refusing, silent, lost, late, never };
  }

  function call(from: Stage, port: number, scenario: string, run: Partial<SippOptions> = {}) {
    const local = { address: HOME, port };
    const withinSec = IDLE_SEC + PATIENCE_SEC;
    return from.call(scenario, { at: home.house, local, keepMessages: true, withinSec, ...run });
  }

  /** What linphonec has heard when its call is over. */
  async function linphoneCalls(): Promise<readonly string[]> {
    const { folder, site } = stage;
    const phone = await startLinphone({ folder, user: 'alice', at: home.house, lifeMs: LIFE_MS });
    try {
      phone.dial(`sip:112@${site.anycast.address}`);
      await phone.isOver((IDLE_SEC + PATIENCE_SEC) * 1000);
      return phone.received();
    } finally {
      await phone.stop();
    }
  }

  test('hears that the gateway hangs up: linphonec, which answers OPTIONS', () => {
    expectByeAfterOptions(ends.answering);
  });

  test('hears it too if it refuses OPTIONS with 405', () => {
    expect(complaintsOf(ends.refusing)).toBe('');
    expectByeAfterOptions(receivedBy(ends.refusing));
  });

  test('hears it too if it never answers OPTIONS', () => {
    expect(complaintsOf(ends.silent)).toBe('');
    expectByeAfterOptions(receivedBy(ends.silent));
  });

  test('would not hear it without OPTIONS: the router has forgotten the way', async () => {
    expect(receivedBy(ends.lost).map(nameOf)).toEqual(['100', '180', '200']);
    expect(ends.lost.succeeded).toBe(0);
    // The BYE was sent, and got lost.
    const records = await mute.site.recordsOf(1);
    expect(records.map(({ reason }) => reason)).toContain('callee-hung-up');
  });

  test('hears that a gateway answers which has rung as long', () => {
    expect(complaintsOf(ends.late)).toBe('');
    expect(receivedBy(ends.late).map(nameOf)).toContain('200');
  });

  test('would not hear it if it heard ringing but once', () => {
    expect(receivedBy(ends.never).map(nameOf)).toEqual(['100', '180']);
    expect(ends.never.succeeded).toBe(0);
  });
});

function expectByeAfterOptions(texts: readonly string[]): void {
  expect(texts.map(nameOf)).toContain('OPTIONS');
  expect(nameOf(texts.at(-1) ?? '')).toBe('BYE');
}

function receivedBy({ messages }: SippEnd): readonly string[] {
  return messages.filter(({ direction }) => direction === 'received').map(({ text }) => text);
}

/** Of a request its method, of a response its status. */
function nameOf(text: string): string {
  return /^(?:SIP\/2\.0 )?(\w+)/.exec(text)?.[1] ?? '';
}
