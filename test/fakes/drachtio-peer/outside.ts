import { randomUUID } from 'node:crypto';
import { composeCancel } from '../../../lib/engine/builtin/proto/compose.ts';
import { uacDialog } from '../../../lib/engine/builtin/proto/dialog.ts';
import { uriText } from '../../../lib/sip/ids.ts';
import type { Header, SipResponse } from '../../../lib/sip/message.ts';
import { parseNameAddr } from '../../../lib/sip/name-addr.ts';
import type { OutgoingRequest } from '../../../lib/sip/write.ts';
import { type App, answer, answerSent, deliver } from './app.ts';
import { type AppMessage, appHeaders } from './app-message.ts';
import type { ClientUser, Sent } from './client-runs.ts';
import { carriedIn, carriedOut, composeOutside, madeUp } from './compose.ts';
import { dialogIdOf, type Inviting, type Server } from './ledger.ts';

export const NOBODY: ClientUser = { onResponse: () => undefined, onFailure: () => undefined };

/** A request of an application outside any dialog, a call that it makes among them. */
export function requestOutside(server: Server, app: App, message: AppMessage): void {
  const [id = '', , , , nextHop = ''] = message.words;
  const composed = composeOutside(server.side.wires, message, nextHop);
  if (typeof composed === 'string') {
    answer(app, id, 'NOK', composed);
    return;
  }
  const { request, sent } = composed;
  const txn = randomUUID();
  answerSent(app, id, carriedOut(sent), txn);
  if (sent.invite !== undefined) {
    invite(server, app, txn, request, sent);
    return;
  }
  server.side.runs.begin(sent, {
    onResponse(response) {
      if (response.status > 100) deliver(app, carriedIn(response, sent.flow), txn, '');
    },
    onFailure: (cause) => deliver(app, madeUp(request, sent.flow, cause), txn, ''),
  });
}

function invite(server: Server, app: App, txn: string, request: OutgoingRequest, sent: Sent): void {
  const { inviting } = server.ledger;
  const one: Inviting = {
    txn,
    id: dialogIdOf(
      sent.invite?.callId.value ?? '',
      parseNameAddr(sent.invite?.from.value ?? '')?.tag,
    ),
    app,
    sent,
    cancel: { tag: 'none' },
    hasProvisional: false,
    dialog: undefined,
  };
  inviting.set(txn, one);
  server.side.runs.begin(sent, {
    onResponse: (response) => onInviteResponse(server, one, response),
    onFailure(cause) {
      inviting.delete(txn);
      deliver(app, madeUp(request, sent.flow, cause), txn, one.id);
    },
  });
}

/** A 100 is the server's own business, and only a 200 is a success to it. */
function onInviteResponse(server: Server, one: Inviting, response: SipResponse): void {
  const { status } = response;
  if (status < 200) {
    one.hasProvisional = true;
    if (one.cancel.tag === 'held') sendCancel(server, one);
    if (status === 100) return;
  } else if (status === 200) {
    if (one.dialog !== undefined) {
      onAnsweredAgain(server, one);
      return;
    }
    onAnswered(server, one, response);
  } else server.ledger.inviting.delete(one.txn);
  deliver(one.app, carriedIn(response, one.sent.flow), one.txn, one.id);
}

function onAnswered({ ledger }: Server, one: Inviting, response: SipResponse): void {
  const { id, app, sent, cancel } = one;
  const isStream = sent.flow.wire.listener.transport !== 'udp';
  one.dialog = {
    id,
    app,
    stream: isStream ? sent.flow : undefined,
    dialog: uacDialog(response, sent.invite?.uri ?? uriText('')),
    inviteSeq: response.cseq.number,
    ack: undefined,
    endsWithAck: cancel.tag !== 'none',
    pending: undefined,
    isWorkedOn: false,
  };
  ledger.dialogs.set(id, one.dialog);
}

/** The 200 has come again, or another callee's: either gets the first one's ACK, if by UDP. */
function onAnsweredAgain({ side }: Server, { dialog }: Inviting): void {
  const ack = dialog?.ack;
  if (ack?.flow.wire.listener.transport === 'udp')
    side.wires.send(ack.flow.wire, ack.bytes, ack.flow.to);
}

/** The CANCEL waits for a provisional; what becomes of it nobody is told. */
export function cancelRequest(server: Server, app: App, message: AppMessage): void {
  const [id = '', , txn = ''] = message.words;
  const one = server.ledger.inviting.get(txn);
  const invited = one?.sent.invite;
  if (one === undefined || invited === undefined) {
    answer(app, id, 'NOK', `unable to cancel unknown transaction id: ${txn}`);
    return;
  }
  if (one.cancel.tag !== 'none' || one.dialog !== undefined) {
    answer(app, id, 'NOK', `internal server error canceling transaction id: ${txn}`);
    return;
  }
  const { flow } = one.sent;
  const given = appHeaders(message.head, flow.wire.listener).filter(mayStandInCancel);
  const bytes = composeCancel(invited, given);
  one.cancel = { tag: 'held', bytes };
  answerSent(app, id, carriedOut({ flow, bytes }), randomUUID());
  if (one.hasProvisional) sendCancel(server, one);
}

const REPEATED = new Set(['from', 'to', 'call-id', 'cseq', 'contact', 'max-forwards']);
const mayStandInCancel = ({ name }: Header) => !REPEATED.has(name);

function sendCancel({ side }: Server, one: Inviting): void {
  if (one.cancel.tag !== 'held') return;
  const { flow, key } = one.sent;
  const { bytes } = one.cancel;
  one.cancel = { tag: 'sent' };
  side.runs.begin({ key: cancelKey(key), flow, bytes, invite: undefined }, NOBODY);
}

export const cancelKey = (inviteKey: string) => inviteKey.replace('INVITE ', 'CANCEL ');
