import { emergencyNames } from '../call/emergency-names.ts';
import type { Gateway, Group } from '../gateways/options.ts';
import { fallbackGroup } from '../gateways/routes.ts';
import type { Arrived } from '../guard/loop-guard.ts';
import { scannerMarks } from '../guard/scanner-marks.ts';
import type { Share } from '../guard/shares.ts';
import type { Trunk } from '../guard/trunks.ts';
import type { Header } from '../sip/message.ts';
import { conditionsMarked, type Inquiry, isEmergency, type Mark } from './admission.ts';
import { callingGateway, crossingHeaders, replacedBy } from './outwards.ts';
import type { Desk } from './receptionist.ts';
import type { SiteOptions } from './site-options.ts';
import type { SiteRules } from './site-rules.ts';

/** Where a new call or a message comes from. */
export type From = {
  readonly trunk: Trunk | undefined;
  /** The gateway that calls outwards. Absent: it comes from outside. */
  readonly gateway: Gateway | undefined;
};

/** Who asks for something new, and what is known of that. */
export type Sender = From & {
  /** The group that the routes name, else the one for calls without a route. */
  readonly group: Group | undefined;
  readonly emergency: boolean;
  readonly marks: readonly Mark[];
  readonly share: Share;
};

export function originOf({ rules, directory }: Desk, { receivedOn }: Arrived): From {
  const { options, findTrunk } = rules;
  const gateway = callingGateway({ receivedOn }, options, directory);
  if (gateway !== undefined) return { trunk: undefined, gateway };
  const { source, certified } = receivedOn;
  return { trunk: findTrunk({ address: source.address, certified }), gateway };
}

/** Gateways are few, and the operator's own. */
const NO_LIMITS = {};

/** Decides what a new call or message is, and takes it from the share of its source. */
export function judge(
  desk: Desk,
  arrived: Arrived,
  { trunk, gateway }: From,
  now: Pick<Inquiry, 'isBuried' | 'isDraining'>,
): { readonly inquiry: Inquiry; readonly sender: Sender } {
  const { shares, loops, runtime, rules } = desk;
  const { options } = rules;
  const { request, receivedOn } = arrived;
  const { routed, emergency } = whatIs(rules, arrived, { trunk, gateway });
  const group = routed ?? fallbackGroup(options.groups);
  const limits = gateway === undefined ? options.guard : NO_LIMITS;
  const share = shares.of(trunk, receivedOn.source.address, limits);
  const scanned = scannerMarks(request);
  const standing = shares.arrive(share);
  const inquiry: Inquiry = {
    invite: arrived,
    trunk,
    gateway,
    hasWayOut: options.callbacks !== undefined,
    replacesNothing: replacedBy(arrived, gateway, options) !== undefined,
    routed,
    emergency,
    isLoop: loops.isLoop(arrived, emergency, group?.name),
    standing,
    isSuspect: scanned.length > 0 || standing.isOverRate || standing.isOverShare,
    isOverload: isOverload(desk, emergency),
    callsNow: runtime.callsNow(),
    callsMax: options.callsMax,
    ...now,
  };
  const marks = [...scanned, ...conditionsMarked(inquiry)];
  for (const mark of marks) desk.sink.count('marks', mark);
  return { inquiry, sender: { trunk, gateway, group, emergency, marks, share } };
}

/** Whether that is an emergency; nothing is taken from anybody's share. */
export function isEmergencyFor(desk: Desk, arrived: Arrived): boolean {
  return whatIs(desk.rules, arrived, originOf(desk, arrived)).emergency;
}

function whatIs({ options, findRoute }: SiteRules, arrived: Arrived, { trunk, gateway }: From) {
  const routed =
    gateway === undefined
      ? findRoute(arrived.request.uri, trunk?.name)?.group
      : options.callbacks?.group;
  return { routed, emergency: isEmergency(arrived, routed, gateway) };
}

/** Of ordinary calls chance names those that are refused. */
function isOverload({ strain, world }: Desk, emergency: boolean): boolean {
  const { refusedShare } = strain.now();
  if (refusedShare === 0) return false;
  return emergency || world.rng.fraction() < refusedShare;
}

/** The gateways that it may be sent to, of which its group names some. */
export function gatewaysFor({ gateways, callbacks }: SiteOptions, { gateway }: From) {
  return gateway === undefined ? gateways : (callbacks?.gateways ?? []);
}

/** Who is called back and busy is so by every way: that is for the PSAP to hear. */
export function failoverOf({ emergency, gateway, group }: Sender): Group['failoverOn'] {
  return emergency && gateway === undefined ? 'any' : (group?.failoverOn ?? []);
}

/**
 * What crosses of it, and what this site adds to what goes to emergency services where it is told
 * how it is called.
 */
export function headersFor(desk: Desk, arrived: Arrived, sender: Sender): readonly Header[] {
  const { rules, identities } = desk;
  const { element } = rules.options;
  const crossed = crossingHeaders(arrived, sender);
  if (element === undefined || !sender.emergency || sender.gateway !== undefined) return crossed;
  const { headers } = arrived.request;
  return [...crossed, ...emergencyNames(headers, element, () => identities.unguessable())];
}
