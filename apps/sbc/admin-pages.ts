import type { ServerResponse } from 'node:http';
import { isIPv4 } from 'node:net';
import { never } from '../../lib/base/never.ts';
import type { CallRecord } from '../../lib/call/record.ts';
import type { Explanation, GatewayView } from '../../lib/node/gateway-view.ts';
import { isWanted, type Wanted } from '../../lib/observe/read/wanted.ts';
import type { FoundCall, RecentCalls } from '../../lib/observe/recent-calls.ts';
import type { AllSites } from '../../lib/observe/sites/all-sites.ts';
import type { EventSink } from '../../lib/ports/event-sink.ts';
import { refuse } from './admin-refusal.ts';
import { streamRecords, streamSites } from './admin-tail.ts';
import type { NodesView } from './nodes-view.ts';
import type { Reloaded } from './reload.ts';

const LIMIT = 100;
const LIMIT_MAX = 100_000;
const NDJSON = { 'Content-Type': 'application/x-ndjson' };

/** What the node shows of itself. */
export type AdminParts = {
  readonly recent: RecentCalls;
  readonly allSites: AllSites;
  readonly sink: Pick<EventSink, 'note'>;
  readonly metricsText: () => Promise<string>;
  readonly readiness: () => { readonly ready: boolean; readonly why: string };
  readonly reload: () => Reloaded;
  readonly gateways: () => readonly GatewayView[];
  readonly nodes: () => Promise<NodesView>;
  readonly explain: (dialled: string, source?: string) => Explanation;
};

type Query = { readonly wanted: Wanted; readonly limit: number };

/**
 * The pages: health, metrics, gateways, the last calls, the calls as they end, those of all sites,
 * one; reload.
 */
export async function answerAdmin(
  url: string,
  response: ServerResponse,
  parts: AdminParts,
): Promise<void> {
  const { pathname, searchParams } = new URL(url, 'http://node');
  switch (pathname) {
    case '/healthz':
      return say(response, 200, 'ok\n');
    case '/readyz': {
      const { ready, why } = parts.readiness();
      return say(response, ready ? 200 : 503, ready ? 'ready\n' : `${why}\n`);
    }
    case '/reload':
      return sayReloaded(response, parts.reload());
    case '/gateways':
      return sayGateways(response, searchParams, parts);
    case '/nodes':
      return sayJson(response, await parts.nodes());
    case '/metrics':
      return say(response, 200, await parts.metricsText());
    case '/calls': {
      const query = queryOf(searchParams, LIMIT, response);
      if (query === undefined) return;
      const records = parts.recent.records(wantedBy(query), query.limit);
      response.writeHead(200, NDJSON);
      response.end(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
      return;
    }
    case '/calls/tail': {
      const query = queryOf(searchParams, 0, response);
      if (query !== undefined) streamRecords(response, parts, wantedBy(query), query.limit);
      return;
    }
    case '/sites/calls':
    case '/sites/calls/tail': {
      const isFollowed = pathname.endsWith('/tail');
      const query = queryOf(searchParams, isFollowed ? 0 : LIMIT, response);
      if (query === undefined) return;
      streamSites(response, parts, { wanted: query.wanted, lines: query.limit, isFollowed });
      return;
    }
    default: {
      const id = /^\/calls\/([^/]+)$/.exec(pathname)?.[1];
      if (id === undefined) return refuse(response, 404, `there is no page ${pathname}`);
      return sayCall(response, parts.recent.find(decoded(id)), decoded(id));
    }
  }
}

function sayJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(`${JSON.stringify(body)}\n`);
}

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(text);
}

function sayReloaded(response: ServerResponse, reloaded: Reloaded): void {
  const isTaken = reloaded.kind === 'taken';
  const says = isTaken
    ? { changes: reloaded.changes }
    : { error: 'refused as a whole', problems: reloaded.problems };
  response.writeHead(isTaken ? 200 : 422, { 'Content-Type': 'application/json' });
  response.end(`${JSON.stringify(says)}\n`);
}

/** All gateways, or with `explain` what would become of a call. */
function sayGateways(
  response: ServerResponse,
  params: URLSearchParams,
  { gateways, explain }: AdminParts,
): void {
  const dialled = params.get('explain');
  const source = params.get('source') ?? undefined;
  if (source !== undefined && !isIPv4(source)) {
    refuse(response, 400, `source is ${source}; an IPv4 address would be right`);
    return;
  }
  const says = dialled === null ? { gateways: gateways() } : explain(dialled, source);
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(`${JSON.stringify(says)}\n`);
}

function sayCall(response: ServerResponse, found: FoundCall, id: string): void {
  switch (found.kind) {
    case 'found':
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(`${JSON.stringify(found.call)}\n`);
      return;
    case 'ambiguous':
      refuse(response, 409, `${id} is more than one call: ${found.callIds.join(', ')}, ...`);
      return;
    case 'unknown':
      refuse(response, 404, `no call ${id} among the last ones of this node`);
      return;
    default:
      never(found);
  }
}

/** Reads failed, number, gateway and limit; undefined: it was wrong, and that was said. */
function queryOf(
  params: URLSearchParams,
  limitDefault: number,
  response: ServerResponse,
): Query | undefined {
  const limit = params.get('limit') ?? String(limitDefault);
  if (!/^\d{1,6}$/.test(limit) || Number(limit) > LIMIT_MAX) {
    refuse(response, 400, `limit is ${limit}; a number from 0 to ${LIMIT_MAX} would be right`);
    return undefined;
  }
  const failed = params.get('failed') ?? '0';
  if (failed !== '0' && failed !== '1') {
    refuse(response, 400, `failed is ${failed}; 0 or 1 would be right`);
    return undefined;
  }
  const wanted: Wanted = {
    failed: failed === '1',
    number: params.get('number') ?? undefined,
    gateway: params.get('gateway') ?? undefined,
  };
  return { wanted, limit: Number(limit) };
}

const wantedBy =
  ({ wanted }: Query) =>
  (record: CallRecord) =>
    isWanted(record, wanted);

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    // A per cent sign that stands for itself, as in some Call-IDs.
    return id;
  }
}
