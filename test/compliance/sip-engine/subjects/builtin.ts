import { builtinEngine } from '../../../../lib/engine/builtin/engine.ts';
import { tcpStreams } from '../../../../lib/engine/builtin/sockets/tcp.ts';
import { udpDatagrams } from '../../../../lib/engine/builtin/sockets/udp.ts';
import type { Subject } from '../subject.ts';

/** The engine that is part of the node, on real sockets. */
export const BUILTIN: Subject = {
  name: 'builtin',
  net: '127.47',
  transports: ['udp', 'tcp'],
  timers: 'of-the-world',
  patienceMs: 2000,
  lacks: {
    'hear-icmp': 'Node tells a UDP socket without a peer of no ICMP, so silence has to tell it',
  },
  async start(world, ears, listeners) {
    const engine = builtinEngine({
      world,
      ears,
      datagrams: udpDatagrams(),
      streams: { tcp: tcpStreams() },
    });
    const listening = await engine.listen(listeners);
    if (listening.kind === 'failed') throw new Error(listening.why);
    return { engine, listeners, places: listeners, stop: () => engine.close() };
  },
};
