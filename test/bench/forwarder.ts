import { createSocket } from 'node:dgram';

/** The bare forwarder: what two sockets in Node cost when nothing is understood. */
const BUFFER_BYTES = 8 * 1024 * 1024;
const [outside = '', inside = '', gateway = ''] = process.argv.slice(2);
const at = (text: string) => ({
  address: text.split(':')[0] ?? '',
  port: Number(text.split(':')[1]),
});

const open = () =>
  createSocket({
    type: 'udp4',
    recvBufferSize: BUFFER_BYTES,
    lookup: (host, _options, done) => done(null, host, 4),
  });
const out = open();
const back = open();
let caller = { address: '', port: 0 };
out.on('message', (bytes, from) => {
  caller = from;
  back.send(bytes, at(gateway).port, at(gateway).address);
});
back.on('message', (bytes) => out.send(bytes, caller.port, caller.address));
out.bind(at(outside).port, at(outside).address);
back.bind(at(inside).port, at(inside).address);
process.on('SIGTERM', () => process.exit(0));
