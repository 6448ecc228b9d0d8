import { describe, expect, test } from '@jest/globals';
import type { Listener } from '../../lib/ports/sip-engine.ts';
import { virtualSiteOptions } from '../support/virtual-site.ts';
import { play, type Stage } from './play.ts';
import { readScript } from './script.ts';

const STRANGER = { address: '10.0.1.99', port: 5060 };
const MARKED = '0 caller > B INVITE sdp priority=psap-callback';
const UNMARKED = '0 caller > B INVITE sdp';
const REFUSED = '10 caller > B ACK';
const ANSWERED = '10 g1 > U 200 sdp\n20 caller > B ACK\n30 caller > B BYE';

const script = (lines: string, call = 'callback') =>
  readScript(`title\ncall ${call}, gateways g1\n\n${lines}`);
const late = (lines: string) => lines.replace(/^(\d+)/gm, (at) => String(Number(at) + 600));
const cannotKeepUp: Stage = {
  during: (site, time) =>
    void time.at(
      590,
      site.node.watch(() => 400),
    ),
};

describe('a call of a gateway', () => {
  test('is named in record and step, and is no matter of anycast', async () => {
    const { site } = await play(script(`${MARKED}\n${ANSWERED}`));
    expect(site.told.records).toMatchObject([
      {
        fromGateway: 'psap',
        trunk: undefined,
        emergency: true,
        marks: [],
        moved: undefined,
        receivedOn: 'G udp:10.0.0.11:5060',
        source: '10.0.1.40:5060',
        reason: 'caller-hung-up',
      },
    ]);
    const [invited] = site.told.steps;
    expect(invited).toMatchObject({ event: 'a-invited', gateway: 'psap' });
  });

  test('is an ordinary call outwards where nobody has marked it', async () => {
    const { site, transcript } = await play(script(`${UNMARKED}\n${ANSWERED}`));
    expect(site.told.records).toMatchObject([{ fromGateway: 'psap', emergency: false }]);
    expect(transcript).toContain('U > g1       INVITE sdp contact=U\n');
  });

  test('is a callback, and leaves as one, where all that comes to its listener is', async () => {
    const listeners = virtualSiteOptions(1).listeners.map(
      (one): Listener => (one.role === 'gateway' ? { ...one, emergency: true } : one),
    );
    const { site, transcript } = await play(script(`${UNMARKED}\n${ANSWERED}`), {
      changes: { listeners },
    });
    expect(site.told.records).toMatchObject([{ emergency: true }]);
    expect(transcript).toContain('U > g1       INVITE sdp contact=U priority=psap-callback');
  });

  test('has no share, as few as it may be for addresses without a trunk', async () => {
    const guard = { callsPerSecMax: 0, callsMax: 0, lagMsMax: 150 };
    const { site } = await play(script(`${UNMARKED}\n${ANSWERED}`), { changes: { guard } });
    expect(site.told.records).toMatchObject([{ reason: 'caller-hung-up', marks: [] }]);
  });

  test('is known by the address alone: a connection comes from any port', async () => {
    const caller = { address: '10.0.1.40', port: 40_123 };
    const { site } = await play(script(`${UNMARKED}\n${ANSWERED}`), { caller });
    expect(site.told.records).toMatchObject([{ fromGateway: 'psap', status: 200 }]);
  });
});

describe('a callback while the node cannot keep up', () => {
  test('is placed and marked, as an emergency call is', async () => {
    const { site } = await play(script(late(`${MARKED}\n${ANSWERED}`)), cannotKeepUp);
    expect(site.told.records).toMatchObject([{ reason: 'caller-hung-up', marks: ['overload'] }]);
  });

  test('and another call outwards is told to come again later', async () => {
    const lines = late(`${UNMARKED}\n${REFUSED}`);
    const { site, transcript } = await play(script(lines), cannotKeepUp);
    expect(transcript).not.toMatch(/ > g1 /);
    expect(site.told.records).toMatchObject([{ reason: 'overloaded', fromGateway: 'psap' }]);
  });
});

describe('on the gateway side', () => {
  test('whoever is no gateway is refused, whatever it says of its call', async () => {
    const { site, transcript } = await play(script(`${MARKED}\n${REFUSED}`), { caller: STRANGER });
    expect(transcript).toMatch(/B > caller +403/);
    expect(transcript).not.toMatch(/ > g1 /);
    expect(site.told.records).toMatchObject([
      { reason: 'unknown-gateway', fault: 'caller', fromGateway: undefined, emergency: false },
    ]);
    expect(site.told.counts.get('refusals/unknown-gateway')).toBe(1);
  });

  test('who is outside is no gateway: a carrier has no way out by it', async () => {
    const carrier = { address: '10.0.1.31', port: 5070 };
    const { site } = await play(script(`${MARKED}\n${REFUSED}`), { caller: carrier });
    expect(site.told.records).toMatchObject([{ reason: 'unknown-gateway' }]);
  });

  test('a gateway is refused where no group is for calls outwards', async () => {
    const { site, transcript } = await play(script(`${MARKED}\n${REFUSED}`), {
      changes: { callbacks: undefined },
    });
    expect(transcript).toMatch(/B > caller +403/);
    expect(site.told.records).toMatchObject([
      { reason: 'from-gateway-side', fault: 'gateway', fromGateway: 'psap' },
    ]);
  });

  test('an emergency call that its own gateway sends out again is a loop', async () => {
    const lines =
      '0 caller > A INVITE sdp\n10 g1 > B INVITE sdp back=b2bua\n20 g1 > B ACK back=b2bua';
    const { callbacks } = wayOut();
    const { site, transcript } = await play(script(lines, 'emergency'), { changes: { callbacks } });
    expect(transcript).toMatch(/B > g1 +482/);
    expect(site.told.counts.get('refusals/loop')).toBe(1);
  });
});

describe('from outside', () => {
  test.each(['emergency', 'ordinary'])(
    'an %s call that says it is a callback says nothing: the mark does not cross',
    async (kind) => {
      const lines = `0 caller > A INVITE sdp priority=psap-callback\n10 g1 > B 200 sdp
        20 caller > U ACK\n30 caller > U BYE`;
      const { site, transcript } = await play(script(lines, kind));
      expect(transcript).toContain('B > g1       INVITE sdp\n');
      expect(site.told.records).toMatchObject([
        { emergency: kind === 'emergency', fromGateway: undefined, status: 200 },
      ]);
    },
  );

  test('it opens no door that is closed to ordinary calls', async () => {
    const lines = late('0 caller > A INVITE sdp priority=psap-callback\n10 caller > A ACK');
    const { site } = await play(script(lines, 'ordinary'), cannotKeepUp);
    expect(site.told.records).toMatchObject([{ reason: 'overloaded', emergency: false }]);
  });

  test('another priority crosses as it is', async () => {
    const lines = '0 caller > A INVITE sdp priority=emergency\n10 g1 > B 486\n20 caller > A ACK';
    const { transcript } = await play(script(lines, 'ordinary'));
    expect(transcript).toContain('B > g1       INVITE sdp priority=emergency\n');
  });
});

function wayOut() {
  return {
    callbacks: {
      gateways: [],
      group: {
        name: 'carriers',
        gateways: [],
        emergency: false,
        failoverOn: [],
        lastResort: undefined,
      },
    },
  };
}
