#!/usr/bin/env node
import { createServer, type Socket } from 'node:net';

const VISITORS_MAX = 20;
const SAYS_EVERY_MS = 50;

/** What nobody asked for, lengths that never come, another protocol, and no words at all. */
const ANSWERS = [
  '+OK\r\n'.repeat(50),
  '*3\r\n$-7\r\n\0\0',
  '$999999999\r\nx',
  'HTTP/1.1 400 Bad Request\r\n\r\n',
  '-LOADING it never ends\r\n',
  ':9223372036854775808\r\n',
  '\0\x01\x02\xff',
] as const;

/** Stands where a Redis should be, and answers whatever comes with the next of its answers. */
function main(): void {
  const [address = '', port = ''] = process.argv.slice(2);
  const visitors = new Set<Socket>();
  let said = 0;
  const next = () => {
    said += 1;
    return Buffer.from(ANSWERS[said % ANSWERS.length] ?? '', 'latin1');
  };
  createServer((socket) => {
    socket.on('error', () => undefined);
    if (visitors.size >= VISITORS_MAX) return void socket.destroy();
    visitors.add(socket);
    const alarm = setInterval(() => socket.write(next()), SAYS_EVERY_MS);
    socket.on('data', () => void socket.write(next()));
    socket.on('close', () => {
      clearInterval(alarm);
      visitors.delete(socket);
    });
  }).listen(Number(port), address);
}

main();
