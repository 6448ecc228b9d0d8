import type { World } from '../../../lib/base/time.ts';
import { type Alarms, clearAlarms } from '../../../lib/engine/builtin/alarms.ts';
import type { Dialog } from '../../../lib/engine/builtin/proto/dialog.ts';
import { dialogKey } from '../../../lib/engine/builtin/proto/match.ts';
import type { ServerTransaction } from '../../../lib/engine/builtin/server-transactions.ts';
import type { Tag } from '../../../lib/sip/ids.ts';
import type { SipRequest } from '../../../lib/sip/message.ts';
import type { App } from './app.ts';
import type { Flow, Sent } from './client-runs.ts';
import { type Arrived, refuse, type SipSide } from './sip-side.ts';

/** What the parts of one peer share. */
export type Server = {
  readonly world: World;
  readonly side: SipSide;
  readonly ledger: Ledger;
};

/** What the server remembers. */
export type Ledger = {
  /** By their transaction. */
  readonly inviting: Map<string, Inviting>;
  readonly owed: Map<string, Owed>;
  /** By their id, which any application may use. */
  readonly dialogs: Map<string, PeerDialog>;
};

/** An INVITE of an application until its ACK, or its refusal. */
export type Inviting = {
  readonly txn: string;
  /** Of the dialog that comes of it. */
  readonly id: string;
  readonly app: App;
  readonly sent: Sent;
  /** It is held until a provisional has come. [3261-9.1] */
  cancel:
    | { readonly tag: 'none' }
    | { readonly tag: 'held'; readonly bytes: Buffer }
    | { readonly tag: 'sent' };
  hasProvisional: boolean;
  dialog: PeerDialog | undefined;
};

/** A call of an application, from its 200 on. Nothing moves its target. */
export type PeerDialog = {
  readonly id: string;
  readonly app: App;
  /** The connection by which it goes on, whatever a Contact says; absent: as that says. */
  readonly stream: Flow | undefined;
  dialog: Dialog;
  /** The number of the INVITE that made it, until its ACK. */
  inviteSeq: number | undefined;
  /** Of that INVITE, for a 200 that comes again. */
  ack: Pick<Sent, 'bytes' | 'flow'> | undefined;
  /** It was cancelled before its 200 came: the server hangs up after the ACK. */
  readonly endsWithAck: boolean;
  /** Of our re-INVITE that has no answer. */
  pending: Sent | undefined;
  /** A response to it has come, if only 100. */
  isWorkedOn: boolean;
};

/** A request of the network that an application owes an answer. */
export type Owed = {
  readonly transaction: ServerTransaction;
  readonly arrived: Arrived;
  readonly dialog: string;
  readonly alarms: Alarms;
};

export const emptyLedger = (): Ledger => ({
  inviting: new Map(),
  owed: new Map(),
  dialogs: new Map(),
});

/** The name of a dialog toward applications: it does not tell the branches of a fork apart. */
export function dialogIdOf(callId: string, fromTag: Tag | undefined): string {
  return `${callId};from-tag=${fromTag ?? ''}`;
}

export function dialogOf({ dialogs }: Ledger, { callId, to, from }: SipRequest) {
  const key = dialogKey(callId, to.tag, from.tag);
  for (const known of dialogs.values()) {
    const { dialog } = known;
    if (dialogKey(dialog.callId, dialog.localTag, dialog.remoteTag) === key) return known;
  }
  return undefined;
}

/** An INVITE that rings, and that a request of the callee belongs to. */
export function ringingOf({ inviting }: Ledger, { callId, to }: SipRequest): Inviting | undefined {
  const id = dialogIdOf(callId, to.tag);
  return [...inviting.values()].find((one) => one.hasProvisional && one.id === id);
}

/** What is owed in a dialog that is over gets 500. */
export function endDialog({ side, ledger, world }: Server, id: string): void {
  ledger.dialogs.delete(id);
  for (const [txn, { transaction, dialog, alarms }] of ledger.owed) {
    if (dialog !== id) continue;
    ledger.owed.delete(txn);
    clearAlarms(world.timers, alarms);
    refuse(side.servers, transaction, 500);
  }
}
