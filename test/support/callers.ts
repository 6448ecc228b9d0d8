import { testInvite } from '../../apps/cli/test-invite.ts';
import type { Octets } from '../../lib/base/brands.ts';
import { realWorld } from '../../lib/base/real-world.ts';
import type { LegEvent, LegId } from '../../lib/ports/sip-engine.ts';
import type { Address } from '../../lib/sip/address.ts';
import { legId, type Tag, uriText } from '../../lib/sip/ids.ts';
import type { Header } from '../../lib/sip/message.ts';
import { type Exchange, openExchange, type Talker, withSdp } from './talkers.ts';
import { until } from './until.ts';

export type Caller = Talker & {
  readonly sipCallId: string;
  /** Of the answers to its INVITE, in their order. */
  readonly statuses: number[];
  isAnswered(): Promise<void>;
  isRefused(): Promise<void>;
  /** Gives up, or hangs up if it has been answered. */
  leave(): void;
};

export type Dialled = {
  readonly uri: string;
  readonly sdp: Octets;
  /** The offer is left to the callee. [3261-13.2.1] */
  readonly offersLate?: boolean;
  /** A body instead of the SDP alone, and the headers that belong to it. */
  readonly instead?: { readonly headers: readonly Header[]; readonly body: Octets };
};

/** Callers at one address, all of whose calls go to one place. */
export type Callers = { call(dialled: Dialled): Caller; close(): Promise<void> };

type Line = {
  readonly caller: Caller;
  readonly dialled: Dialled;
  dialog: Tag | undefined;
  isLeaving: boolean;
};

export async function openCallers(local: Address, target: Address): Promise<Callers> {
  const { rng } = realWorld();
  const lines = new Map<LegId, Line>();
  const exchange = await openExchange(local, 'gateway', {
    talkerOf: (leg) => lines.get(leg)?.caller,
    onLeg: (leg, event) => onLeg(leg, event),
  });
  const { engine, listener, contact } = exchange;

  function onLeg(leg: LegId, event: LegEvent): void {
    const line = lines.get(leg);
    if (line === undefined) return;
    if (event.on === 'ringing' || event.on === 'answered' || event.on === 'refused')
      line.caller.statuses.push(event.status);
    if (event.on === 'answered') answered(exchange, leg, line, event.tag);
  }

  return {
    call(dialled) {
      const leg = legId(`caller-${lines.size}`);
      const { uri, sdp, offersLate, instead } = dialled;
      const plan = { uri: uriText(uri), target, local, from: undefined };
      const invite = testInvite(plan, leg, listener, rng);
      const caller = newCaller(invite.callId, sdp, leave);
      const line: Line = { caller, dialled, dialog: undefined, isLeaving: false };
      lines.set(leg, line);
      const content = instead ?? withSdp(offersLate === true ? undefined : sdp);
      engine.invite({ ...invite, contact, ...content });
      return caller;

      function leave(): void {
        line.isLeaving = true;
        if (line.dialog === undefined) engine.cancel(leg, []);
        else hangUp(exchange, leg, line, line.dialog);
      }
    },
    close: exchange.close,
  };
}

function answered(exchange: Exchange, leg: LegId, line: Line, tag: Tag): void {
  const { offersLate, sdp } = line.dialled;
  exchange.engine.acknowledge(leg, tag, withSdp(offersLate === true ? sdp : undefined));
  const isSecond = line.dialog !== undefined && line.dialog !== tag;
  line.dialog ??= tag;
  // A second callee, or one that answered when we had given up.
  if (isSecond || line.isLeaving) hangUp(exchange, leg, line, tag);
}

function hangUp({ engine }: Exchange, leg: LegId, { caller, dialog }: Line, tag: Tag): void {
  engine.hangUp(leg, tag, []);
  if (tag === dialog) caller.isOver = true;
}

function newCaller(sipCallId: string, sdp: Octets, leave: () => void): Caller {
  const statuses: number[] = [];
  const has = (what: string, isWanted: (status: number) => boolean) =>
    until(`${what} of ${sipCallId}, which got ${statuses.join(' ')}`, () =>
      statuses.some(isWanted),
    );
  return {
    sipCallId,
    sdp,
    told: [],
    reinvites: 0,
    statuses,
    isOver: false,
    async isAnswered() {
      await has('an answer', (status) => status >= 200 && status < 300);
    },
    async isRefused() {
      await has('a refusal', (status) => status >= 300);
    },
    leave,
  };
}
