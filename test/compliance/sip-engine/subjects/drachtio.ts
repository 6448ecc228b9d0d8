import { realWorld } from '../../../../lib/base/real-world.ts';
import { GatewaySide } from '../../../../lib/engine/drachtio/gateway-side.ts';
import { isReal, openSubjectAt, SECRET } from '../../drachtio-wire/subject.ts';
import type { Subject } from '../subject.ts';
import { BUILTIN } from './builtin.ts';

/** The engine over drachtio-server, be it the peer or the real one. */
export const DRACHTIO: Subject = {
  name: isReal ? 'drachtio with the real server' : 'drachtio with the test peer',
  net: '127.49',
  transports: ['udp', 'tcp'],
  timers: isReal ? 'its-own' : 'of-the-world',
  patienceMs: 2000,
  lacks: {
    ...(isReal ? {} : { 'hear-icmp': 'the test peer is no better off than the builtin engine' }),
    'fall-silent':
      'drachtio-server outlives the engine: it acknowledges refusals, and answers requests for it',
    'carry-octets':
      'drachtio-server ends a body at its first NUL and drops a message that comes with one, drachtio-srf takes UTF-8 alone; an INVITE of ours with such a body takes the builtin engine, another request counts as 513, a reply becomes 500',
    'keep-lines':
      'drachtio-server puts the headers that it knows before the others, and writes names with capitals',
    'go-the-large-way':
      'drachtio-server sends an INVITE by the transport of its next hop, however large it is',
    'tell-100': 'drachtio-server keeps a 100 to itself',
    'other-2xx':
      'to drachtio-server only 200 is an answer: of another 2xx it makes no dialog that could be acknowledged or hung up',
    'tell-forks':
      'drachtio-server tells the first 200 alone; to other callees by UDP it says the ACK of the first',
    'late-answers': 'drachtio-server drops a 200 that comes after a final response',
    'answers-after-cancel':
      'a 200 that crosses CANCEL is hung up by drachtio-server as soon as it is acknowledged, so it counts as 487',
    'repeat-ack-by-stream': 'drachtio-server repeats the ACK of a 200 by UDP alone',
    'read-past-a-ping':
      'drachtio-server goes deaf on a stream where empty lines and a message come in one piece; a ping that comes alone it takes',
    'leave-the-stream':
      'drachtio-server says everything of a call by the connection of its INVITE, wherever the Contact points',
    'move-the-target': 'to drachtio-server the target of a call is the Contact of its first 200',
    'know-early-and-late':
      'drachtio-server takes INFO, MESSAGE, NOTIFY and OPTIONS before the answer or after the end for requests outside of any call, and says 503',
    'end-with-487': 'drachtio-server itself says 500 to what is pending when the far end hangs up',
    'ring-within': 'a provisional to a re-INVITE makes drachtio-server end it with 500',
    'repeat-2xx-within': 'drachtio-server says the 200 to a re-INVITE once',
    'tell-taken-back':
      'drachtio-server says 487 to a re-INVITE that the far end cancels, 481 to a CANCEL after its answer, and tells neither',
    'hear-ringing-within':
      'drachtio-server forgets a re-INVITE of ours at its first provisional, which therefore counts as 500',
    'repeat-ack-within':
      'drachtio-server says the ACK of a 200 to a re-INVITE once, and none after the BYE',
    'cancel-within': 'drachtio-server cancels no re-INVITE',
    'carry-early':
      'what the gateway asks before its answer gets 500, since drachtio-server tells half of it as if it were no part of the call',
    'keep-sessions': 'no session timer is asked for on a leg that drachtio-server carries',
    transfer:
      'drachtio-server drops REFER, so a call that may be transferred is left to the builtin engine beside it',
    'send-messages': 'a MESSAGE outside of calls is left to the builtin engine beside it',
  },
  async start(world, ears, listeners) {
    const [first] = listeners;
    if (first === undefined) throw new Error('it is to listen nowhere');
    const { address, port } = first;
    const sip = { address, port };
    const server = await openSubjectAt({ admin: { address, port: 9022 }, sip }, 1, world);
    const beside = listeners.map((one) => ({ ...one, address: nextTo(one.address) }));
    const builtin = await BUILTIN.start(world, ears, beside);
    let onUp: () => void = () => undefined;
    const up = new Promise<void>((resolve) => {
      onUp = resolve;
    });
    const engine = new GatewaySide(builtin.engine, {
      // How soon the server takes an order is not a matter of hurried time.
      world: { ...world, clock: realWorld().clock },
      ears,
      servers: [{ host: server.admin.address, port: server.admin.port, secret: SECRET }],
      onNews: ({ what }) => {
        if (what === 'up') onUp();
      },
    });
    await up;
    return {
      engine,
      listeners: beside,
      places: listeners,
      async stop() {
        await engine.close();
        await server.close();
      },
    };
  },
};

/** Where the builtin engine is, for what no server carries. */
function nextTo(address: string): string {
  return address.replace(/\d+$/, (host) => `${Number(host) + 1}`);
}
