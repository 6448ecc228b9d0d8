import type { World } from '../base/time.ts';
import { begin } from '../call/begin.ts';
import type { Facts } from '../call/facts.ts';
import type { Directory } from '../gateways/dns/directory.ts';
import type { HealthBook } from '../gateways/health-book.ts';
import { redirectTargets, transferTarget } from '../gateways/lead-elsewhere.ts';
import { listenerLike } from '../gateways/listener-toward.ts';
import type { Gateway } from '../gateways/options.ts';
import { planHunt } from '../gateways/plan-hunt.ts';
import type { LoopGuard } from '../guard/loop-guard.ts';
import { type Claim, claimOf, type MergedInvites } from '../guard/merged-invites.ts';
import type { ShareBook } from '../guard/shares.ts';
import type { Tombstones } from '../guard/tombstones.ts';
import type { EventSink } from '../ports/event-sink.ts';
import type { MediaAnchor } from '../ports/media-anchor.ts';
import type { ClaimId } from '../ports/ownership.ts';
import type { Listener, ReceivedInvite, SipEngine } from '../ports/sip-engine.ts';
import { headerValue } from '../sip/headers.ts';
import { reliabilityOf } from '../sip/rel100.ts';
import { hopsLeft, refusalOf, refusedFor } from './admission.ts';
import { type CallMedia, facesFor } from './call-media.ts';
import type { ContactPlace, Identities } from './identities.ts';
import {
  type From,
  failoverOf,
  gatewaysFor,
  headersFor,
  judge,
  originOf,
  type Sender,
} from './judge.ts';
import type { LiveCall } from './live-call.ts';
import type { Neighbourhood } from './neighbourhood.ts';
import { replacedBy } from './outwards.ts';
import { promptsFor } from './prompts.ts';
import { refuse } from './refuse-call.ts';
import type { Runtime } from './runtime.ts';
import type { SiteRules } from './site-rules.ts';
import type { StrainWatch } from './strain.ts';

export type Desk = {
  /** Read anew for each call: a reload replaces it. */
  rules: SiteRules;
  readonly world: World;
  readonly sink: EventSink;
  readonly engine: SipEngine;
  readonly identities: Identities;
  readonly health: HealthBook;
  readonly directory: Directory;
  readonly graves: Tombstones;
  readonly loops: LoopGuard;
  readonly merges: MergedInvites;
  readonly shares: ShareBook;
  readonly strain: StrainWatch;
  /** Absent: media flows past this site. */
  readonly anchor: MediaAnchor | undefined;
  readonly runtime: Runtime;
  /** Absent: this site is the only one. */
  readonly neighbourhood: Neighbourhood | undefined;
};

export type Caller = Sender & { readonly claim: Claim };

/** Takes each new INVITE: decides what it is, then refuses it or begins its call. */
export function receptionist(desk: Desk, isDraining: () => boolean) {
  const { graves } = desk;
  return (invite: ReceivedInvite): void => {
    const { request, receivedOn } = invite;
    const origin = originOf(desk, invite);
    const claim = claimOf(request, origin.trunk, receivedOn.source.address);
    const isBuried = graves.isBuried(request, receivedOn.source);
    if (!isBuried && joins(desk, invite, claim)) return;
    takeOver(desk, invite, origin, () => {
      const now = { isBuried, isDraining: isDraining() };
      const { inquiry, sender } = judge(desk, invite, origin, now);
      const caller = { ...sender, claim };
      const verdict = refusalOf(inquiry);
      if (verdict === undefined) settle(desk, invite, caller);
      else refuse(desk, invite, caller, verdict);
    });
  };
}

/** Whether an INVITE belongs to a call that is here: it is never told 482. [3261-8.2.2.2] */
function joins(desk: Desk, invite: ReceivedInvite, claim: Claim): boolean {
  const leg = desk.merges.join(claim);
  if (leg === undefined || !desk.runtime.join(invite, leg)) return false;
  desk.sink.count('merged', 'joined');
  return true;
}

/**
 * A gateway's INVITE takes the place of another one in a call that is here, or goes to the site
 * that has it; any other is a new call. [3891-3]
 */
function takeOver(desk: Desk, invite: ReceivedInvite, { gateway }: From, isNew: () => void): void {
  const { rules, runtime, neighbourhood, engine } = desk;
  const replaces = replacedBy(invite, gateway, rules.options);
  if (gateway === undefined || replaces === undefined) isNew();
  else if (runtime.takeOver(invite, gateway.name, replaces)) return;
  else if (neighbourhood === undefined || invite.receivedOn.through !== undefined) isNew();
  else {
    void neighbourhood.carry(invite).then((where) => {
      if (where === 'carried') engine.handOver(invite.leg);
      else isNew();
    });
  }
}

/**
 * With other sites, they are asked first whether they have the call; but what a gateway sends to
 * the address of this site is at no other one.
 */
function settle(desk: Desk, invite: ReceivedInvite, caller: Caller): void {
  const { neighbourhood, merges, runtime } = desk;
  const { leg, receivedOn } = invite;
  const { emergency, claim, gateway } = caller;
  const isHere = receivedOn.through !== undefined || gateway !== undefined;
  if (neighbourhood === undefined || isHere) {
    if (neighbourhood?.hasLeft(invite) !== true) place(desk, invite, caller, undefined);
    return;
  }
  merges.claim(claim, leg);
  neighbourhood.claim(invite, {
    emergency,
    place(claimed, heard) {
      place(desk, invite, caller, claimed);
      for (const event of heard) runtime.onLeg(leg, event);
    },
    leave: () => merges.ended(claim, leg),
    bury() {
      const refused = refusedFor('cancelled-before-invite', emergency);
      if (refused !== undefined) refuse(desk, invite, caller, refused);
    },
  });
}

function place(
  desk: Desk,
  invite: ReceivedInvite,
  caller: Caller,
  claimed: ClaimId | undefined,
): void {
  const { identities, health, directory, world } = desk;
  const { options } = desk.rules;
  const { request, receivedOn, leg } = invite;
  const { group, marks, share, claim, gateway } = caller;
  const wanted = { asked: request.uri, emergency: caller.emergency };
  const gateways = gatewaysFor(options, caller);
  const planning = { gateways, health, directory, rng: world.rng };
  const targets = group === undefined ? [] : planHunt({ group, ...wanted }, planning);
  const identity = identities.mint(caller.emergency, request.callId);
  const startedAt = world.clock.mono();
  const startedAtUnix = world.clock.unix();
  const sticky = caller.trunk?.offAnycast === 'sticky';
  const facts: Facts = {
    callId: identities.callId(identity),
    emergency: caller.emergency,
    sticky,
    earlyDialogs: caller.trunk?.earlyDialogs ?? 'each',
    prompts: promptsFor(options.prompts, group?.name, request.headers),
    transfers: group?.transfers,
    fallbacks: group?.transfers === 'execute' && caller.emergency ? targets : undefined,
    asked: {
      uri: request.uri,
      from: headerValue(request.headers, 'from') ?? '',
      to: headerValue(request.headers, 'to') ?? '',
      maxForwards: hopsLeft(invite) - 1,
      ringsReliably: reliabilityOf(request.headers) !== 'no',
      headers: headersFor(desk, invite, caller),
      body: request.body,
    },
    rules: { failoverOn: failoverOf(caller), ...options.hunt },
    startedAt,
    startedAtUnix,
    forks: [],
    attempts: [],
    times: { trying: startedAtUnix, ringing: undefined, answered: undefined, acked: undefined },
    moved: undefined,
  };
  const begun = begin(facts, targets);
  const call: LiveCall = {
    state: begun.state,
    legA: leg,
    sipCallId: request.callId,
    receivedOn,
    through: new Set(),
    trunk: caller.trunk?.name,
    fromGateway: gateway?.name,
    group: group?.name,
    redirects: group?.followRedirects === true ? redirectsTo(gateways, directory) : undefined,
    transferTo: group?.transfers === 'execute' ? transfersTo(gateways, directory) : undefined,
    claim,
    claimed,
    share,
    marks,
    contactListener: contactPlaceFor(invite, options.listeners, sticky),
    identities: [identity],
    legsB: [],
    media: mediaOf(desk, caller),
    inbox: [],
    ...UNTOUCHED,
  };
  desk.merges.claim(claim, leg);
  desk.runtime.start(call, begun.effects);
}

const UNTOUCHED = { alarm: undefined, isBusy: false, isRecorded: false };

const UNSAID = {
  saidByA: undefined,
  anew: undefined,
  legs: undefined,
  alarm: undefined,
  refusals: 0,
};

/** Where its gateways may lead it. */
function redirectsTo(gateways: readonly Gateway[], directory: Directory): LiveCall['redirects'] {
  return (headers) => redirectTargets(headers, gateways, directory);
}

function transfersTo(gateways: readonly Gateway[], directory: Directory): LiveCall['transferTo'] {
  return (headers) => transferTarget(headers, gateways, directory);
}

/** Media of a call crosses the site unless its trunk or its group says no. */
function mediaOf({ anchor }: Desk, { trunk, group, gateway }: Caller): CallMedia | undefined {
  if (anchor === undefined || trunk?.anchor === false || group?.anchor === false) return undefined;
  const isRecorded = trunk?.record === true ? true : undefined;
  const faces = facesFor(group?.srtp, gateway === undefined ? 'inside' : 'outside');
  return { anchor, faces, isRecorded, isUnanchored: false, ...UNSAID };
}

/**
 * Where the rest of the session goes: the U or the gateway side that was dialled, else the first U
 * of the caller's transport and family; A for sticky.
 */
function contactPlaceFor(
  { request, receivedOn: { listener } }: ReceivedInvite,
  listeners: readonly Listener[],
  sticky: boolean,
): ContactPlace {
  const unicast = listeners.filter(({ role }) => role === 'unicast');
  const alike = listenerLike(listener, listener.transport, unicast);
  const stays = sticky || listener.role !== 'anycast';
  const place = stays ? listener : (alike ?? unicast[0] ?? listener);
  const isSips = place.transport === 'tls' && request.uri.toLowerCase().startsWith('sips:');
  return isSips ? { ...place, isSips } : place;
}
