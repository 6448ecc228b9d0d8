#!/usr/bin/env node
import { createSocket, type Socket } from 'node:dgram';
import { answerIn, type GatewayLeg, openLeg } from './gateway-leg.ts';
import { callIdOf, readSip, responseTo } from './sip-text.ts';

const LEGS_MAX = 50_000;
const FORGET_MS = 40_000;

/**
 * A media gateway without media. What it does with a call stands in the dialled user:
 * `answer-MS`, `early-MS`, `ring`, `busy`, `hangs-up-MS`, `reinvites-MS`, `refers-MS`; any other
 * user is answered.
 */
function main(): void {
  const [address = '', port = '5060'] = process.argv.slice(2);
  const socket = createSocket('udp4');
  const legs = new Map<string, GatewayLeg>();
  socket.on('message', (bytes, { address: host, port: from }) => {
    const message = readSip(bytes.toString('latin1'));
    if (message === undefined) return;
    const say = (text: string) => send(socket, text, host, from);
    const known = legs.get(callIdOf(message));
    if (known !== undefined) {
      answerIn(known, message, say);
    } else if (message.method === 'INVITE' && legs.size < LEGS_MAX) {
      const leg = openLeg(message, { host: address, port: Number(port) }, say);
      legs.set(callIdOf(message), leg);
      setTimeout(() => legs.delete(callIdOf(message)), FORGET_MS).unref();
    } else if (message.method !== undefined && message.method !== 'ACK') {
      say(responseTo(message, message.method === 'OPTIONS' ? '200 OK' : '481 Not here'));
    }
  });
  socket.bind(Number(port), address);
  process.once('SIGTERM', () => socket.close(() => process.exit()));
}

function send(socket: Socket, text: string, host: string, port: number): void {
  socket.send(Buffer.from(text, 'latin1'), port, host);
}

main();
