import type { Draw } from '../../sim/draw.ts';
import type { Call } from './call.ts';
import * as calls from './plays-of-calls.ts';
import * as strangers from './plays-of-strangers.ts';
import * as within from './plays-within.ts';

/** What a caller speaks through; `own`: a connection of that call alone. */
export type Over = 'any' | 'datagram' | 'own' | 'stranger' | 'psap';

export type Scenario = {
  readonly name: string;
  /** How often it is in one deck. */
  readonly times: number;
  /** What it dials, one of these. */
  readonly dials: readonly string[];
  readonly over: Over;
  readonly play: (call: Call) => Promise<void>;
};

const GATEWAYS = ['main', 'main', 'tcp', 'tls'];
const SOS = ['urn:service:sos', '112'];
const HUNTS = ['hunt', '113'];

const scenario = (
  name: string,
  times: number,
  play: Scenario['play'],
  { dials = GATEWAYS, over = 'any' }: { dials?: readonly string[]; over?: Over } = {},
): Scenario => ({ name, times, play, dials, over });

export const SCENARIOS: readonly Scenario[] = [
  scenario('caller-hangs-up', 40, calls.callerHangsUp),
  scenario('gateway-hangs-up', 25, calls.gatewayHangsUp),
  scenario('emergency', 16, strangers.emergency, { dials: SOS }),
  scenario('cancelled-ringing', 10, calls.cancelledWhileRinging),
  scenario('cancelled-trying', 4, calls.cancelledBeforeRinging, { dials: ['main'] }),
  scenario('cancel-crosses-200', 2, calls.cancelCrossesAnswer),
  scenario('busy', 8, calls.busy),
  scenario('second-gateway', 8, calls.secondGatewayAnswers, { dials: HUNTS }),
  scenario('silent-gateway', 5, calls.firstGatewayIsSilent, { dials: HUNTS }),
  scenario('all-refuse', 2, calls.everyGatewayRefuses, { dials: ['hunt'] }),
  scenario('said-twice', 8, calls.saidTwice, { over: 'datagram' }),
  scenario('merged', 2, calls.merged, { over: 'datagram' }),
  scenario('late-offer', 5, calls.lateOffer),
  scenario('reliable', 5, calls.reliable),
  scenario('hold-by-caller', 8, within.holdByCaller),
  scenario('hold-by-gateway', 8, within.holdByGateway),
  scenario('glare', 3, within.glare),
  scenario('re-invite-refused', 3, within.reInviteRefused),
  scenario('re-invite-cancelled', 2, within.reInviteCancelled),
  scenario('re-invite-late', 2, within.lateReInvite),
  scenario('bye-crosses', 2, within.byeCrossesReInvite),
  scenario('update', 5, within.updateBothWays),
  scenario('update-early', 3, within.updateBeforeAnswer),
  scenario('info', 5, within.infoBothWays),
  scenario('message-notify', 5, within.messageNotifyOptions),
  scenario('session-timer', 2, within.sessionRefreshed),
  scenario('message-outside', 4, strangers.message, { dials: ['urn:service:sos', 'main'] }),
  scenario('never-acked', 1, calls.neverAcknowledged),
  scenario('vanished', 1, calls.callerVanishes, { over: 'datagram' }),
  scenario('tcp-lost', 2, calls.connectionBreaks, { over: 'own' }),
  scenario('tcp-lost-ringing', 1, calls.connectionBreaksWhileRinging, { over: 'own' }),
  scenario('stranger-sos', 4, strangers.plainTalk, { dials: SOS, over: 'stranger' }),
  scenario('stranger-refused', 2, strangers.refused(403), { over: 'stranger' }),
  scenario('psap-calls-back', 4, strangers.plainTalk, { dials: ['+46701234567'], over: 'psap' }),
  scenario('no-route', 2, strangers.refused(404), { dials: ['nowhere'] }),
  scenario('unknown-extension', 1, strangers.refused(420, 'Require: foo')),
  scenario('no-hops-left', 1, strangers.refused(483, 'Max-Forwards: 0')),
  scenario('interval-small', 1, strangers.refused(422, 'Supported: timer', 'Session-Expires: 60')),
  scenario('cancels-nothing', 6, strangers.cancelsNothing),
  scenario('forged', 6, strangers.forges),
  scenario('garbage-udp', 3, strangers.talksGarbage, { over: 'stranger' }),
  scenario('garbage-stream', 2, strangers.talksGarbage, { over: 'own' }),
  scenario('abandoned', 3, strangers.abandonsConnections),
];

/** All of them as often as they are to be, shuffled: any two stretches of a soak are alike. */
export function shuffledDeck({ between }: Draw): Scenario[] {
  const deck = SCENARIOS.flatMap((one) => Array.from({ length: one.times }, () => one));
  for (let left = deck.length - 1; left > 0; left -= 1) {
    const at = between(0, left + 1);
    const [one, other] = [deck[left], deck[at]];
    if (one === undefined || other === undefined) throw new Error(`no card ${left} or ${at}`);
    deck[left] = other;
    deck[at] = one;
  }
  return deck;
}
