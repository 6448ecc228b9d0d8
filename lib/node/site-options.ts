import type { HuntRules } from '../call/facts.ts';
import type { Callbacks, Gateway, Group, Route } from '../gateways/options.ts';
import type { ShareLimits } from '../guard/share-limits.ts';
import type { Trunk } from '../guard/trunks.ts';
import type { Listener } from '../ports/sip-engine.ts';
import type { ClusterKey } from '../sip/owner-token.ts';

/** What callers hear before somebody answers; files are named as the announcer finds them. */
export type Prompt = {
  /** Absent: the callers of every group that has none of its own. */
  readonly group?: string | undefined;
  readonly language: string;
  readonly hunting?: string | undefined;
  readonly failed?: string | undefined;
};

/** What one address may take that no trunk names, and what this node may take of all of them. */
export type GuardOptions = ShareLimits & {
  /** How late the node may be before it refuses ordinary calls. */
  readonly lagMsMax: number;
};

/**
 * All that a node needs to know of its site, as config hands it over: valid, with no defaults left
 * open.
 */
export type SiteOptions = {
  readonly site: string;
  readonly siteNumber: number;
  /** How networks of emergency services call this site. Absent: emergency calls get no names. */
  readonly element?: string | undefined;
  /** Counts the starts of this node; it never goes back. */
  readonly epoch: number;
  /** The first one signs; all of them verify. */
  readonly keys: readonly ClusterKey[];
  readonly listeners: readonly Listener[];
  readonly gateways: readonly Gateway[];
  readonly groups: readonly Group[];
  readonly routes: readonly Route[];
  /** Absent: what gateways call is refused. */
  readonly callbacks?: Callbacks | undefined;
  readonly trunks: readonly Trunk[];
  readonly guard: GuardOptions;
  readonly hunt: Omit<HuntRules, 'failoverOn'>;
  /** Calls at once; beyond it ordinary calls are refused, beyond twice of it every call. */
  readonly callsMax: number;
  readonly prompts: readonly Prompt[];
};
