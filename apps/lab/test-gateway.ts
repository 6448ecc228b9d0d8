#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { NO_OCTETS, octetsOfText } from '../../lib/base/brands.ts';
import { realWorld } from '../../lib/base/real-world.ts';
import { builtinEngine } from '../../lib/engine/builtin/engine.ts';
import { udpDatagrams } from '../../lib/engine/builtin/sockets/udp.ts';
import type {
  InviteResponse,
  LegId,
  Listener,
  ReceivedInvite,
} from '../../lib/ports/sip-engine.ts';
import { header } from '../../lib/sip/header-names.ts';
import { tagOf } from '../../lib/sip/ids.ts';
import { reasonPhrase } from '../../lib/sip/status.ts';
import { sipUri, uriUser } from '../../lib/sip/uri.ts';

const RINGING_MS = 300;
const LATE_MS = 8000;

/** What the users of the test gateway do; any other user answers like 112. */
const USERS: Readonly<Record<string, (leg: Guest) => void>> = {
  ring: (guest) => guest.ring(),
  busy: (guest) => guest.reject(486),
  late: (guest) => {
    guest.ring();
    guest.answerAfter(LATE_MS);
  },
  drop: () => undefined,
};

const answerSoon = (guest: Guest) => {
  guest.ring();
  guest.answerAfter(RINGING_MS);
};

/** One call at the test gateway. */
type Guest = {
  ring(): void;
  reject(status: number): void;
  answerAfter(delayMs: number): void;
};

/**
 * A media gateway without media: it answers, rings, is busy or says nothing, by the dialled user.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      address: { type: 'string', default: '127.0.0.31' },
      port: { type: 'string', default: '5080' },
    },
  });
  const listener: Listener = {
    address: values.address,
    port: Number(values.port),
    role: 'unicast',
    transport: 'udp',
    advertise: undefined,
  };
  const world = realWorld();
  const alarms = new Map<LegId, object>();
  const stopAlarm = (leg: LegId) => {
    const alarm = alarms.get(leg);
    if (alarm !== undefined) world.timers.clear(alarm);
    alarms.delete(leg);
  };
  const tagFor = (leg: LegId) => tagOf(`gw-${leg}`);
  const says = (leg: LegId, status: number): InviteResponse => ({
    status,
    reason: reasonPhrase(status),
    tag: tagFor(leg),
    contact: sipUri({ user: 'test', host: listener.address, port: listener.port }),
    headers: status === 200 ? [header('Content-Type', 'application/sdp')] : [],
    body: status === 200 ? octetsOfText(sdpAt(listener.address)) : NO_OCTETS,
  });
  const engine = builtinEngine({
    world,
    datagrams: udpDatagrams(),
    ears: {
      onInvite({ leg, request }: ReceivedInvite) {
        const serve = USERS[uriUser(request.uri) ?? ''] ?? answerSoon;
        serve({
          ring: () => engine.ring(leg, says(leg, 180)),
          reject: (status) => engine.reject(leg, { ...says(leg, status), contact: undefined }),
          answerAfter(delayMs) {
            const answer = () => engine.answer(leg, says(leg, 200));
            alarms.set(leg, world.timers.set(delayMs, answer));
          },
        });
      },
      onLeg(leg, event) {
        if (event.on !== 'cancelled') return;
        stopAlarm(leg);
        engine.reject(leg, { ...says(leg, 487), contact: undefined });
      },
      onStray: ({ id }) => engine.respond(id, 481, reasonPhrase(481), []),
      onFault: () => undefined,
    },
  });
  const stop = () => {
    if (process.connected) process.disconnect();
    void engine.close();
  };
  process.once('SIGTERM', stop);
  // It ends with its parent, after the site's last call.
  process.once('disconnect', stop);
  const listening = await engine.listen([listener]);
  if (listening.kind === 'failed') {
    console.error(`test gateway: ${values.address}:${values.port}: ${listening.why}`);
    process.exitCode = 1;
  }
}

function sdpAt(address: string): string {
  return [
    'v=0',
    `o=gateway 1 1 IN IP4 ${address}`,
    's=-',
    `c=IN IP4 ${address}`,
    't=0 0',
    'm=audio 40000 RTP/AVP 8 0',
    'a=inactive',
    '',
  ].join('\r\n');
}

await main();
