import { randomBytes } from 'node:crypto';
import type { Timers, World } from '../../../lib/base/time.ts';
import { type Alarms, clearAlarms, setAlarm } from '../../../lib/engine/builtin/alarms.ts';
import {
  composeResponse,
  type ReplyWith,
  replyTo,
} from '../../../lib/engine/builtin/proto/compose.ts';
import {
  type Dialog,
  firstHop,
  nextOurs,
  requestInDialog,
} from '../../../lib/engine/builtin/proto/dialog.ts';
import { clientKey, responseKey, serverKey } from '../../../lib/engine/builtin/proto/match.ts';
import { udpDatagrams } from '../../../lib/engine/builtin/sockets/udp.ts';
import { type Address, writeAddress } from '../../../lib/sip/address.ts';
import { header } from '../../../lib/sip/header-names.ts';
import { branchOf, MAGIC_COOKIE } from '../../../lib/sip/ids.ts';
import type { SipRequest } from '../../../lib/sip/message.ts';
import { parse } from '../../../lib/sip/parse.ts';
import { T1_MS, T2_MS, TRANSACTION_MS } from '../../../lib/sip/timer-values.ts';
import { parseUri } from '../../../lib/sip/uri.ts';
import { responseAddress, writeVia } from '../../../lib/sip/via.ts';
import { writeRequest } from '../../../lib/sip/write.ts';
import type { Pulse } from './pulse.ts';

/** A request of the network, and where it came from. */
export type Arrived = { readonly request: SipRequest; readonly from: Address };

export type DoorEars = {
  /** One that has not come before, an ACK at every time. */
  onRequest(arrived: Arrived): void;
};

export type SipDoor = {
  readonly at: Address;
  respond(arrived: Arrived, response: ReplyWith): Buffer;
  /** Says again what was said, without a transaction. */
  repeat(arrived: Arrived, bytes: Buffer): void;
  /** Sends a BYE until it is answered. */
  bye(dialog: Dialog, reason: string): void;
  close(): Promise<void>;
};

const PORT_DEFAULT = 5060;
const TRANSACTIONS_MAX = 10_000;

type Known = { last: Buffer | undefined; readonly alarms: Alarms };

/** SIP over UDP: what comes again is answered again, and a BYE goes out until it is answered. */
export async function openSipDoor(
  world: World,
  pulse: Pulse,
  at: Address,
  ears: DoorEars,
): Promise<SipDoor> {
  const { timers } = world;
  const known = new Map<string, Known>();
  const bound = await udpDatagrams().bind(at, {
    onDatagram: (bytes, from) => pulse.run(() => onDatagram(bytes, from)),
    onSendFailure: () => undefined,
  });
  if (bound.kind === 'failed') throw new Error(`${writeAddress(at)}: ${bound.why}`);
  const { socket } = bound;
  const send = (bytes: Buffer, to: Address) => pulse.run(() => socket.send(bytes, to));
  const asking = openAsking(timers, send);

  function onDatagram(bytes: Buffer, from: Address): void {
    const message = parse(bytes);
    if (message.kind === 'fault') return;
    if (message.kind === 'response') {
      const key = responseKey(message);
      if (key !== undefined && message.status >= 200) asking.forget(key);
      return;
    }
    const arrived = { request: message, from };
    if (message.method === 'ACK') {
      ears.onRequest(arrived);
      return;
    }
    const key = serverKey(message);
    const before = known.get(key);
    if (before?.last !== undefined) sendBack(arrived, before.last);
    if (before !== undefined || known.size >= TRANSACTIONS_MAX) return;
    const one: Known = { last: undefined, alarms: {} };
    known.set(key, one);
    setAlarm(timers, one.alarms, 'forget', TRANSACTION_MS, () => void known.delete(key));
    ears.onRequest(arrived);
  }

  function sendBack({ request, from }: Arrived, bytes: Buffer): void {
    send(bytes, responseAddress(request.via, from));
  }

  return {
    at,
    respond(arrived, response) {
      const bytes = composeResponse(replyTo(arrived.request, arrived.from), response);
      const one = known.get(serverKey(arrived.request));
      if (one !== undefined) one.last = bytes;
      sendBack(arrived, bytes);
      return bytes;
    },
    repeat: sendBack,
    bye(dialog, reason) {
      const bye = byeIn(dialog, at, reason);
      if (bye !== undefined) asking.begin(bye);
    },
    async close() {
      for (const { alarms } of known.values()) clearAlarms(timers, alarms);
      asking.close();
      await socket.close();
    },
  };
}

type Asked = { readonly key: string; readonly bytes: Buffer; readonly to: Address };

type Asking = {
  begin(asked: Asked): void;
  /** It has its answer. */
  forget(key: string): void;
  close(): void;
};

/** Requests that go out again and again until they are answered. */
function openAsking(timers: Timers, send: (bytes: Buffer, to: Address) => void): Asking {
  const all = new Map<string, Alarms>();
  const forget = (key: string) => {
    const alarms = all.get(key);
    if (alarms !== undefined) clearAlarms(timers, alarms);
    all.delete(key);
  };
  return {
    begin({ key, bytes, to }) {
      const alarms: Alarms = {};
      all.set(key, alarms);
      const again = (delayMs: number) => {
        setAlarm(timers, alarms, 'again', delayMs, () => {
          send(bytes, to);
          again(Math.min(2 * delayMs, T2_MS));
        });
      };
      send(bytes, to);
      again(T1_MS);
      setAlarm(timers, alarms, 'give-up', TRANSACTION_MS, () => forget(key));
    },
    forget,
    close() {
      for (const key of all.keys()) forget(key);
    },
  };
}

/** Undefined: the far end has named no place that is a SIP URI. */
function byeIn(dialog: Dialog, at: Address, reason: string): Asked | undefined {
  const next = nextOurs(dialog);
  const uri = parseUri(firstHop(dialog));
  if (uri.kind !== 'sip') return undefined;
  const branch = branchOf(`${MAGIC_COOKIE}${randomBytes(9).toString('hex')}`);
  const via = { transport: 'UDP', host: at.address, port: at.port, branch, rport: true };
  const request = requestInDialog(next, {
    method: 'BYE',
    number: next.localSeq,
    via: header('Via', writeVia(via)),
    headers: [header('Reason', reason)],
  });
  const to = { address: uri.host, port: uri.port ?? PORT_DEFAULT };
  return { key: clientKey(branch, 'BYE'), bytes: writeRequest(request), to };
}
