import { setTimeout as pause } from 'node:timers/promises';
import { emergencyInvites } from '../../support/emergency-invites.ts';
import type { Call } from './call.ts';
import { rightly } from './dialog.ts';
import { dialled } from './lines.ts';
import { A, PORT_OF } from './places.ts';
import { answered, ringsAt, talk, talkOn } from './talk.ts';

const EMERGENCIES = emergencyInvites();

/** Bodies of 2 to 14 KB cross byte for byte. */
export async function emergency(call: Call): Promise<void> {
  const which = call.draw.between(0, EMERGENCIES.length);
  const { headers = [], body: bytes = Buffer.alloc(0) } = EMERGENCIES[which] ?? {};
  const lines = headers.map(([name, value]) => `${name}: ${Buffer.from(value).toString('latin1')}`);
  const body = bytes.toString('latin1');
  const answer = call.caller.invite({ lines, body });
  const ringing = await ringsAt(call, answer);
  if (call.legs[0]?.invite.body !== body) throw new Error('the body came as another one');
  await talkOn(call, await answered(call, ringing));
}

export async function plainTalk(call: Call): Promise<void> {
  await talkOn(call, await talk(call));
}

/** Refused by the node itself, by the first that is wrong with it. */
export const refused =
  (status: number, ...lines: readonly string[]) =>
  async ({ caller }: Call): Promise<void> => {
    rightly(await caller.invite({ lines }), [status]);
  };

const ALERT = {
  lines: [
    'Call-Info: <cid:alert@op.example>;purpose=EmergencyCallData.CAP',
    'Content-Type: application/EmergencyCallData.cap+xml',
  ],
  body: '<?xml version="1.0"?><alert><identifier>sensor-7</identifier></alert>',
};

/** A MESSAGE outside of every call is passed on. */
export async function message(call: Call): Promise<void> {
  const delivered = call.caller.must('MESSAGE', [202], ALERT);
  const { dialog: gateway } = await call.leg();
  gateway.reply('202 Accepted');
  await delivered;
}

export async function cancelsNothing({ caller }: Call): Promise<void> {
  await caller.must('CANCEL', [481]);
}

/** A token with one character changed, or whole and of another call. */
export async function forges(call: Call): Promise<void> {
  const { caller, tokens, draw } = call;
  const token = tokens[draw.between(0, tokens.length)] ?? 'v1k1.nobody';
  const last = token.at(-1) === 'a' ? 'b' : 'a';
  caller.claim(draw.chance(0.5) ? token : `${token.slice(0, -1)}${last}`);
  for (const method of ['BYE', 'INFO', 'UPDATE']) await caller.must(method, [481]);
}

/** What is no SIP gets no answer, or a 400; what follows by datagram is answered. */
export async function talksGarbage(call: Call): Promise<void> {
  for (let times = 0; times < 5; times += 1) {
    call.line.say(garbage(call), '');
    await call.pause(0, 100);
  }
  if (call.line.transport === 'UDP') await call.caller.must('CANCEL', [481]);
}

function garbage({ draw, id }: Call): string {
  const noise = Array.from({ length: draw.between(1, 800) }, () =>
    String.fromCharCode(draw.between(0, 256)),
  ).join('');
  if (draw.chance(0.5)) return noise;
  const via = `Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK${id}`;
  return `INVITE sip:112@${A} SIP/2.0\r\n${via}\r\nCSeq: none\r\n${noise}\r\n\r\n`;
}

/** Connections that come to nothing: silent, in the midst of a message or of a handshake. */
export async function abandonsConnections(call: Call): Promise<void> {
  const localAddress = call.line.address;
  for (const transport of ['TCP', 'TLS'] as const) {
    const way = { host: A, port: PORT_OF[transport], localAddress };
    const half = `INVITE sip:112@${A} SIP/2.0\r\nVia: SIP/2.0/TCP ${localAddress};branch=z9`;
    for (const words of ['', half]) {
      const socket = dialled('TCP', way, '');
      if (words !== '') socket.write(words);
      await call.pause(20, 1000);
      if (call.draw.chance(0.5)) socket.resetAndDestroy();
      else socket.destroy();
    }
  }
  await pause(10);
}
