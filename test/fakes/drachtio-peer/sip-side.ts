import { NO_OCTETS } from '../../../lib/base/brands.ts';
import type { World } from '../../../lib/base/time.ts';
import { CONNECTION_LIMITS } from '../../../lib/engine/builtin/connection-limits.ts';
import { Connections } from '../../../lib/engine/builtin/connections.ts';
import type { Far } from '../../../lib/engine/builtin/far.ts';
import { cancelledKey, clientKey, serverKey } from '../../../lib/engine/builtin/proto/match.ts';
import {
  type ServerTransaction,
  ServerTransactions,
} from '../../../lib/engine/builtin/server-transactions.ts';
import { tcpStreams } from '../../../lib/engine/builtin/sockets/tcp.ts';
import { udpDatagrams } from '../../../lib/engine/builtin/sockets/udp.ts';
import { type Wire, Wires } from '../../../lib/engine/builtin/wires.ts';
import { tagOf } from '../../../lib/sip/ids.ts';
import type { SipRequest } from '../../../lib/sip/message.ts';
import { parse } from '../../../lib/sip/parse.ts';
import { reasonPhrase } from '../../../lib/sip/status.ts';
import { ClientRuns } from './client-runs.ts';

/** A request that has come for the first time. */
export type Arrived = {
  readonly request: SipRequest;
  readonly wire: Wire;
  readonly from: Far;
};

export type SipEars = {
  onRequest(arrived: Arrived, transaction: ServerTransaction): void;
  /** The ACK of a 2xx. */
  onAck(arrived: Arrived): void;
  /** The INVITE has had its 487 already. */
  onCancelled(invite: ServerTransaction): void;
};

export type SipSide = {
  readonly wires: Wires;
  readonly runs: ClientRuns;
  readonly servers: ServerTransactions;
  close(): Promise<void>;
};

/** A message of the network with a longer line in its body, or a NUL, is none to the server. */
const LINE_BYTES_MAX = 8192;

/** Sockets and transactions: the builtin engine's, without its legs. */
export function openSipSide(world: World, ears: SipEars): SipSide {
  const connections = new Connections(world, { tcp: tcpStreams() }, CONNECTION_LIMITS, {
    onSendFailure,
    onLost: (lost) => runs.onLost(lost),
    usage: () => () => true,
  });
  const wires = new Wires(udpDatagrams(), connections, undefined, {
    onMessage,
    onBroken: () => undefined,
    onSendFailure,
  });
  const runs = new ClientRuns(world.timers, wires);
  const servers = new ServerTransactions(world, wires);

  function onSendFailure(bytes: Buffer): void {
    const sent = parse(bytes);
    if (sent.kind !== 'request' || sent.via.branch === undefined) return;
    runs.onSendFailure(clientKey(sent.via.branch, sent.method));
  }

  function onMessage(wire: Wire, bytes: Buffer, from: Far): void {
    const message = parse(bytes);
    if (message.kind === 'fault') return;
    const lines = message.body.split(/\r|\n/);
    const isWhole = lines.every((line) => line.length <= LINE_BYTES_MAX && !line.includes('\0'));
    if (message.kind === 'request') onRequest({ request: message, wire, from }, isWhole);
    else if (isWhole) runs.onResponse(message);
  }

  function onRequest(arrived: Arrived, isWhole: boolean): void {
    const { request, wire, from } = arrived;
    const key = serverKey(request);
    const known = servers.find(key);
    if (request.method === 'ACK') {
      const isAbsorbed = known?.kind === 'invite' && servers.absorbsAck(known);
      if (!isAbsorbed) ears.onAck(arrived);
    } else if (known !== undefined) servers.repeat(known);
    else if (request.method === 'CANCEL') onCancel(arrived, key);
    else {
      const transaction = servers.begin(key, request, wire, from);
      if (!isWhole) {
        refuse(servers, transaction, 400);
        return;
      }
      if (request.method === 'INVITE') refuse(servers, transaction, 100);
      ears.onRequest(arrived, transaction);
    }
  }

  function onCancel({ request, wire, from }: Arrived, key: string): void {
    const transaction = servers.begin(key, request, wire, from);
    const invite = servers.find(cancelledKey(request));
    const isPending = invite?.reply !== undefined;
    refuse(servers, transaction, isPending ? 200 : 481);
    if (!isPending) return;
    refuse(servers, invite, 487);
    ears.onCancelled(invite);
  }

  return {
    wires,
    runs,
    servers,
    async close() {
      runs.close();
      servers.close();
      await wires.close();
    },
  };
}

/** The To-tag of what the server answers by itself. */
const OWN_TAG = tagOf('drachtio-peer');

/** A response without a word of an application's. */
export function refuse(
  servers: ServerTransactions,
  transaction: ServerTransaction,
  status: number,
): void {
  servers.respond(transaction, {
    status,
    reason: reasonPhrase(status),
    tag: status === 100 ? undefined : OWN_TAG,
    formsDialog: false,
    headers: [],
    body: NO_OCTETS,
  });
}
