import type { PeerLinkView } from '../../lib/ports/peer-links.ts';

/** What a node shows of itself among the others, as JSON. */
export type NodesView = {
  readonly own: { readonly site: string; readonly number: number; readonly epoch: number };
  readonly peers: readonly {
    readonly site: string;
    readonly number: number;
    /** Absent: it is down. */
    readonly link?: PeerLinkView | undefined;
  }[];
  readonly claims: { readonly owned: number; readonly held: number; readonly buried: number };
  /** By verdict, since the start. */
  readonly strays: Readonly<Record<string, number>>;
};

/** Strays by verdict, as the metrics of the node have them. */
export function straysIn(metrics: string): NodesView['strays'] {
  const found = metrics.matchAll(/^landfall_strays_total\{verdict="([^"]+)"\} (\d+)/gm);
  return Object.fromEntries([...found].map(([, verdict = '', count]) => [verdict, Number(count)]));
}
