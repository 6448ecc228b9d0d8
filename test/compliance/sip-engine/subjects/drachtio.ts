import { builtinEngine } from '../../../../lib/engine/builtin/engine.ts';
import { tcpStreams } from '../../../../lib/engine/builtin/sockets/tcp.ts';
import { udpDatagrams } from '../../../../lib/engine/builtin/sockets/udp.ts';
import { GatewaySide } from '../../../../lib/engine/drachtio/gateway-side.ts';
import { isReal, openSubjectAt, SECRET } from '../../drachtio-wire/subject.ts';
import type { Subject } from '../subject.ts';

/** The engine over drachtio-server, be it the peer or the real one. */
export const DRACHTIO: Subject = {
  name: isReal ? 'drachtio with the real server' : 'drachtio with the test peer',
  net: '127.49',
  transports: ['udp', 'tcp'],
  timers: isReal ? 'its-own' : 'of-the-world',
  patienceMs: 2000,
  lacks: {},
  async start(world, ears, listeners) {
    const [first] = listeners;
    if (first === undefined) throw new Error('it is to listen nowhere');
    const { address, port } = first;
    const sip = { address, port };
    const server = await openSubjectAt({ admin: { address, port: 9022 }, sip }, 1, world);
    const builtin = builtinEngine({
      world,
      ears,
      datagrams: udpDatagrams(),
      streams: tcpStreams(),
    });
    let onUp: () => void = () => undefined;
    const up = new Promise<void>((resolve) => {
      onUp = resolve;
    });
    const engine = new GatewaySide(builtin, {
      world,
      ears,
      servers: [{ host: server.admin.address, port: server.admin.port, secret: SECRET }],
      onNews: ({ what }) => {
        if (what === 'up') onUp();
      },
    });
    await up;
    return {
      engine,
      listeners,
      async stop() {
        await engine.close();
        await server.close();
      },
    };
  },
};
