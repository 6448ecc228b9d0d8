import type { QuestionState } from '../gateways/dns/directory.ts';
import { type Standing, writeHop } from '../gateways/dns/hop.ts';
import type { GatewayReport, HealthBook } from '../gateways/health-book.ts';
import type { Gateway, Route } from '../gateways/options.ts';
import { rankGateways } from '../gateways/plan-hunt.ts';
import { fallbackGroup, isUnder, SOS } from '../gateways/routes.ts';
import { REFUSALS, type Refusal } from '../guard/refusals.ts';
import { type UriText, uriText } from '../sip/ids.ts';
import { parseUri } from '../sip/uri.ts';
import type { Desk } from './receptionist.ts';
import { everyGateway } from './site-rules.ts';

/** What is known of one gateway, for people. */
export type GatewayView = {
  readonly name: string;
  readonly uri: string;
  readonly belief: GatewayReport['belief']['tag'];
  readonly why: string;
  readonly sinceSec: number;
  /** Absent: it has not answered a probe. */
  readonly rttMs: number | undefined;
  readonly restsMs: number;
  readonly callsNow: number;
  /** Absent: any number. */
  readonly callsMax: number | undefined;
  readonly calls5min: number;
  readonly failed5min: number;
  readonly isProbed: boolean;
  /** How sure these places are. */
  readonly standing: Standing;
  /** Each place where it is, with what was said there last. */
  readonly hops: readonly { readonly hop: string; readonly said: string | undefined }[];
  /** What DNS has said on the way to them; empty where nothing is looked up. */
  readonly questions: readonly QuestionState[];
};

export type GatewayViews = {
  readonly gateways: () => readonly GatewayView[];
  /** What would become of a call to what is dialled, from an address or from somebody known. */
  readonly explain: (dialled: string, source?: string) => Explanation;
};

/** Shows gateways and plans as they are when somebody asks. */
export function viewsOf(around: Around): GatewayViews {
  return {
    gateways: () => viewGateways(around),
    explain: (dialled, source) => explainCall(around, dialled, source),
  };
}

/** Every gateway of the site, last resorts too. */
function viewGateways(around: Around): readonly GatewayView[] {
  return everyGateway(around.rules.options).map((gateway) => viewOf(gateway, around));
}

type Around = Pick<Desk, 'rules' | 'world' | 'directory'> & { readonly health: HealthBook };

function viewOf(gateway: Gateway, { health, world: { clock }, directory }: Around): GatewayView {
  const { name, uri, callsMax, probe, destination } = gateway;
  const report = health.report(gateway);
  const { standing, hops: places, questions } = directory.stateOf(destination);
  const { belief, why, since, rttMs, restsMs, callsNow } = report;
  const { calls, failed } = report.lastMinutes();
  return {
    name,
    uri,
    belief: belief.tag,
    why,
    sinceSec: Math.round((clock.mono() - since) / 1000),
    rttMs,
    restsMs,
    callsNow,
    callsMax,
    calls5min: calls,
    failed5min: failed,
    isProbed: probe !== undefined,
    standing,
    hops: places.map(writeHop).map((hop) => {
      return { hop, said: report.hops.find((one) => one.hop === hop)?.said };
    }),
    questions,
  };
}

/** What would become of a call now, and why. */
export type Explanation = {
  readonly asked: string;
  /** The trunk of the source. Absent: no trunk names it, or no source was given. */
  readonly trunk: string | undefined;
  /** Absent: no route matches. */
  readonly match: Route['match'] | undefined;
  readonly group: string | undefined;
  readonly emergency: boolean;
  /** Why it would be refused. Absent: it is placed. */
  readonly refusal: Refusal | undefined;
  readonly order: readonly {
    readonly gateway: string;
    readonly rank: string;
    readonly why: string;
  }[];
};

/** Plans a hunt as for a call, and places none. */
function explainCall(around: Around, dialled: string, source?: string): Explanation {
  const { rules, health, world, directory } = around;
  const { options, findTrunk, findRoute } = rules;
  const asked = uriOf(dialled);
  const trunk = source === undefined ? undefined : findTrunk({ address: source })?.name;
  const routed = findRoute(asked, trunk);
  const group = routed?.group ?? fallbackGroup(options.groups);
  const emergency = routed?.group.emergency === true || isUnder(asked, SOS);
  const isUnknown = source !== undefined && trunk === undefined;
  const condition = isUnknown ? 'unknown-source' : routed === undefined ? 'no-route' : undefined;
  const refusal = condition === undefined ? undefined : REFUSALS[condition].ordinary;
  const planning = { gateways: options.gateways, health, directory, rng: world.rng };
  const placings = group === undefined ? [] : rankGateways({ group, asked, emergency }, planning);
  return {
    asked,
    trunk,
    match: routed?.route.match,
    group: group?.name,
    emergency,
    refusal: emergency ? undefined : refusal,
    order: placings.map(({ gateway, rank, why }) => ({ gateway: gateway.name, rank, why })),
  };
}

/** A number alone is the user of a URI. */
function uriOf(dialled: string): UriText {
  return uriText(parseUri(dialled).kind !== 'other' ? dialled : `sip:${dialled}@landfall.invalid`);
}
