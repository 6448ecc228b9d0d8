import { describe, expect, test } from '@jest/globals';
import { type Fault, type Termination, terminated } from '../../lib/call/termination.ts';
import { legId } from '../../lib/sip/ids.ts';
import { gatewayAddress } from '../support/virtual-site.ts';
import { play, type Stage } from './play.ts';
import { readScript } from './script.ts';

type Case = Stage & {
  readonly what: string;
  readonly call?: 'emergency' | 'ordinary';
  /** What the peers do; the site's part is its own. */
  readonly lines: string;
  readonly expected: Termination;
};

const INVITE = '0 caller > A INVITE sdp';
const ANSWERED = `${INVITE}
10 g1 > B 200 sdp
20 caller > U ACK`;

const ends = (fault: Fault, reason: Termination['reason'], status: number): Termination => ({
  fault,
  reason,
  status,
});
const final = (status: number) => `${INVITE}\n10 g1 > B ${status}`;

/**
 * Twenty-nine things that go wrong, and whose doing each of them is, written down before the run.
 */
const CASES: readonly Case[] = [
  {
    what: 'the caller gives up while it rings',
    lines: `${INVITE}\n10 g1 > B 180\n500 caller > A CANCEL\n510 g1 > B 487`,
    expected: ends('caller', 'caller-cancelled', 487),
  },
  {
    what: 'the CANCEL overtakes the INVITE',
    lines: `0 caller > A CANCEL\n10 caller > A INVITE sdp`,
    expected: ends('caller', 'cancelled-before-invite', 487),
  },
  {
    what: 'the caller never acknowledges',
    lines: `${INVITE}\n10 g1 > B 200 sdp`,
    expected: ends('caller', 'caller-never-acknowledged', 200),
  },
  {
    what: 'the answer to a late offer never comes',
    call: 'emergency',
    lines: '0 caller > A INVITE\n10 g1 > B 200 sdp',
    expected: ends('caller', 'caller-never-acknowledged', 200),
  },
  { what: 'the callee is busy', lines: final(486), expected: ends('callee', 'callee-busy', 486) },
  {
    what: 'the callee is busy everywhere',
    lines: final(600),
    expected: ends('callee', 'callee-busy', 600),
  },
  {
    what: 'the callee declines',
    lines: final(603),
    expected: ends('callee', 'callee-declined', 603),
  },
  {
    what: 'the callee is not there',
    lines: final(480),
    expected: ends('callee', 'callee-unavailable', 480),
  },
  {
    what: 'the callee does not exist',
    lines: final(404),
    expected: ends('callee', 'callee-not-found', 404),
  },
  {
    what: 'the number is not complete',
    lines: final(484),
    expected: ends('callee', 'callee-not-found', 484),
  },
  {
    what: 'nobody picks up for three minutes',
    lines: `${INVITE}\n10 g1 > B 180\n180020 g1 > B 487`,
    expected: ends('callee', 'callee-did-not-answer', 408),
  },
  {
    what: 'the gateway has an error',
    lines: final(500),
    expected: ends('gateway', 'gateway-refused', 500),
  },
  {
    what: 'the gateway redirects',
    lines: final(302),
    expected: ends('gateway', 'gateway-refused', 500),
  },
  {
    what: 'the gateway asks for a password',
    lines: final(407),
    expected: ends('gateway', 'gateway-refused', 500),
  },
  {
    what: 'the gateway is overloaded',
    lines: final(503),
    expected: ends('gateway', 'gateways-exhausted', 500),
  },
  {
    what: 'the gateway says nothing',
    call: 'emergency',
    lines: INVITE,
    expected: ends('gateway', 'gateways-exhausted', 500),
  },
  {
    what: 'the gateway says 100 and nothing more',
    lines: `${INVITE}\n10 g1 > B 100`,
    expected: ends('gateway', 'gateways-exhausted', 500),
  },
  {
    what: 'there is no way to the gateway',
    call: 'emergency',
    lines: INVITE,
    unreachable: true,
    expected: ends('gateway', 'gateways-exhausted', 500),
  },
  {
    what: 'the INVITE has no hops left',
    call: 'emergency',
    lines: '0 caller > A INVITE sdp max-forwards=0',
    expected: ends('caller', 'too-many-hops', 483),
  },
  {
    what: 'the INVITE requires what we do not know',
    lines: '0 caller > A INVITE sdp require=foo',
    expected: ends('caller', 'unknown-extension', 420),
  },
  {
    what: 'a stranger dials an ordinary number',
    lines: INVITE,
    changes: { trunks: [] },
    expected: ends('caller', 'unknown-source', 403),
  },
  {
    what: 'no route matches',
    lines: INVITE,
    dialled: 'sip:999@192.0.2.112',
    expected: ends('caller', 'no-route', 404),
  },
  {
    what: 'the site has too many calls',
    lines: INVITE,
    changes: { callsMax: 0 },
    expected: ends('us', 'full', 500),
  },
  {
    what: 'the site is draining',
    lines: INVITE,
    during: (site) => void site.node.drain(),
    expected: ends('us', 'draining', 500),
  },
  {
    what: 'the site is told twice to stop',
    lines: `${ANSWERED}\n510 g1 > B 200 (BYE)\n511 caller > U 200 (BYE)`,
    during: (site, time) => void time.at(500, () => site.node.hangUpAll()),
    expected: ends('us', 'hung-up-at-shutdown', 200),
  },
  {
    what: 'the gateway has forgotten the call when it is put on hold',
    lines: `${ANSWERED}
1000 caller > U INVITE sdp cseq=2
1010 g1 > B 481
1020 caller > U ACK cseq=2
1020 caller > U 200 (BYE)
1020 g1 > B 481 (BYE)`,
    expected: ends('gateway', 'gateway-lost', 200),
  },
  {
    what: 'the caller has gone without a word when the gateway resumes',
    lines: `${ANSWERED}
1000 g1 > B INVITE sdp
35010 g1 > B ACK
35010 g1 > B 200 (BYE)`,
    expected: ends('caller', 'caller-lost', 200),
  },
  {
    what: 'a gateway places a call outwards',
    lines: '0 caller > B INVITE sdp',
    caller: gatewayAddress(9),
    expected: ends('gateway', 'from-gateway-side', 403),
  },
  {
    what: 'our own code throws in the middle of a call',
    lines: `${INVITE}\n10 g1 > B 180\n20 g1 > B 487`,
    during: ({ engine }) => {
      engine.ring = () => {
        throw new Error(`planted, for ${legId('any leg')}`);
      };
    },
    expected: ends('us', 'bug', 500),
  },
];

describe('whose fault it was', () => {
  for (const { what, call, lines, expected, ...stage } of CASES) {
    test(`${what}: ${expected.reason}, the fault of ${expected.fault}`, async () => {
      const setup = `call ${call ?? 'ordinary'}, gateways g1`;
      const script = readScript(`${what}\n${setup}\n${lines}`);
      const { site, alarmsLeft } = await play(script, stage);
      const bugs = site.told.notices.filter(({ event }) => event === 'bug');
      expect(bugs).toHaveLength(expected.reason === 'bug' ? 1 : 0);
      expect(site.told.records).toHaveLength(1);
      expect(site.told.records[0]).toMatchObject(expected);
      expect(terminated(expected.reason, expected.status)).toEqual(expected);
      expect(site.node.callsNow()).toBe(0);
      expect(alarmsLeft).toBe(0);
    });
  }
});
