import { randomUUID } from 'node:crypto';
import { octetsOf } from '../../../lib/base/brands.ts';
import { clearAlarms, setAlarm } from '../../../lib/engine/builtin/alarms.ts';
import type { ServerTransaction } from '../../../lib/engine/builtin/server-transactions.ts';
import { header } from '../../../lib/sip/header-names.ts';
import { headerValue } from '../../../lib/sip/headers.ts';
import { tagOf } from '../../../lib/sip/ids.ts';
import type { Header } from '../../../lib/sip/message.ts';
import { parseNameAddr } from '../../../lib/sip/name-addr.ts';
import { readStartLine } from '../../../lib/sip/start-line.ts';
import { stampVia } from '../../../lib/sip/via.ts';
import { writeRequest } from '../../../lib/sip/write.ts';
import { type App, answer, answerSent, type Carried, deliver } from './app.ts';
import { type AppMessage, appHeaders, contentType } from './app-message.ts';
import { dialogOf, endDialog, type Owed, ringingOf, type Server } from './ledger.ts';
import { type Arrived, refuse } from './sip-side.ts';
import { ownUri } from './way.ts';

const BYE_MS = 32_000;

/** Those that no application can be asked about. */
const OF_DIALOGS: ReadonlySet<string> = new Set(['INVITE', 'BYE', 'UPDATE']);

/** A request of the network, for the application whose dialog it is: in whatever order. */
export function serveRequest(
  server: Server,
  arrived: Arrived,
  transaction: ServerTransaction,
): void {
  const { side, ledger, world } = server;
  const { method } = arrived.request;
  const known = dialogOf(ledger, arrived.request);
  if (known === undefined) {
    serveOutside(server, arrived, transaction);
    return;
  }
  if (method === 'BYE') endDialog(server, known.id);
  if (!known.app.isOpen()) {
    refuse(side.servers, transaction, 481);
    return;
  }
  const txn = randomUUID();
  const owed: Owed = { transaction, arrived, dialog: known.id, alarms: {} };
  ledger.owed.set(txn, owed);
  deliver(known.app, carried(arrived), txn, known.id);
  if (method !== 'BYE') return;
  setAlarm(world.timers, owed.alarms, 'answer', BYE_MS, () => {
    ledger.owed.delete(txn);
    refuse(side.servers, transaction, 500);
  });
}

/** While it rings UPDATE is passed on, and BYE makes the server forget the call. */
function serveOutside({ side, ledger }: Server, arrived: Arrived, transaction: ServerTransaction) {
  const { request } = arrived;
  const { method, to } = request;
  const ringing = ringingOf(ledger, request);
  if (ringing !== undefined && method === 'UPDATE') {
    const { txn, id, app } = ringing;
    ledger.owed.set(txn, { transaction, arrived, dialog: id, alarms: {} });
    deliver(app, carried(arrived), txn, id);
    return;
  }
  if (ringing !== undefined && method === 'BYE') {
    side.runs.drop(ringing.sent.key);
    ledger.inviting.delete(ringing.txn);
  }
  const isStray = to.tag !== undefined && OF_DIALOGS.has(method);
  refuse(side.servers, transaction, isStray ? 481 : 503);
}

/** The ACK of an application's 200; one that belongs to no dialog is dropped. */
export function serveAck({ ledger }: Server, arrived: Arrived): void {
  const known = dialogOf(ledger, arrived.request);
  if (known !== undefined) deliver(known.app, carried(arrived), randomUUID(), known.id);
}

/** A request as the application is told of it, with where it really came from. */
function carried({ request, wire, from }: Arrived): Carried {
  const at = request.headers.findIndex(({ name }) => name === 'via');
  const headers = request.headers.map((line, index) =>
    index === at ? { ...line, value: stampVia(line.value, from) } : line,
  );
  const text = octetsOf(writeRequest({ ...request, headers }));
  return { source: 'network', transport: wire.listener.transport, far: from, text };
}

const REPEATED: ReadonlySet<string> = new Set(['from', 'to', 'call-id', 'cseq']);
const isOwn = ({ name }: Header) => !REPEATED.has(name);

/** The answer of an application, of which a request gets one and no more. */
export function respond({ side, ledger, world }: Server, app: App, message: AppMessage): void {
  const [id = '', , txn = ''] = message.words;
  const owed = ledger.owed.get(txn);
  const start = readStartLine(message.startLine);
  if (owed === undefined || start.kind !== 'response') {
    answer(app, id, 'NOK', 'Response not sent due to unknown transaction');
    return;
  }
  const { transaction, arrived, dialog } = owed;
  ledger.owed.delete(txn);
  clearAlarms(world.timers, owed.alarms);
  const { wire, from, request } = arrived;
  const given = appHeaders(message.head, wire.listener);
  const type = contentType(given, message.body) ?? [];
  const isInvite = request.method === 'INVITE';
  const needsContact = isInvite && headerValue(given, 'contact') === undefined;
  const bytes = side.servers.respond(transaction, {
    status: start.status,
    reason: start.reason,
    tag: parseNameAddr(headerValue(given, 'to') ?? '')?.tag ?? tagOf(randomUUID()),
    formsDialog: isInvite,
    headers: [
      ...given.filter(isOwn),
      ...type,
      ...(needsContact ? [header('Contact', `<${ownUri(wire.listener)}>`)] : []),
    ],
    body: message.body,
  });
  if (bytes === undefined) {
    answer(app, id, 'NOK', 'Response not sent due to unknown transaction');
    return;
  }
  const { transport } = wire.listener;
  const said = { source: 'application', transport, far: from, text: octetsOf(bytes) } as const;
  answerSent(app, id, said, txn, dialog);
  if (start.status < 200) refuse(side.servers, transaction, 500);
}
