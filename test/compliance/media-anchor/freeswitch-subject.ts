import { realWorld } from '../../../lib/base/real-world.ts';
import { builtinEngine } from '../../../lib/engine/builtin/engine.ts';
import { tcpStreams } from '../../../lib/engine/builtin/sockets/tcp.ts';
import { udpDatagrams } from '../../../lib/engine/builtin/sockets/udp.ts';
import { FreeswitchAnchor } from '../../../lib/media/freeswitch/freeswitch-anchor.ts';
import { openMediaLinks } from '../../../lib/media/freeswitch/media-links.ts';
import type { FreeswitchServer } from '../../../lib/media/freeswitch/options.ts';
import { SipLegs } from '../../../lib/media/freeswitch/sip-legs.ts';
import type { Notice } from '../../../lib/ports/event-sink.ts';
import type { CallId, MediaAnchor } from '../../../lib/ports/media-anchor.ts';
import type { Listener } from '../../../lib/ports/sip-engine.ts';
import { FREESWITCH_SECRET } from '../../support/freeswitch.ts';
import type { FreeswitchPlaces } from '../../support/freeswitch-config.ts';
import { until } from '../../support/until.ts';

/** An anchor at FreeSWITCHes, with an engine of its own, and what it has said. */
export type FreeswitchSubject = {
  readonly anchor: MediaAnchor;
  readonly legs: SipLegs;
  readonly notices: readonly Notice[];
  readonly lost: readonly CallId[];
  close(): Promise<void>;
};

export async function freeswitchSubject(
  servers: readonly FreeswitchServer[],
  local: string,
): Promise<FreeswitchSubject> {
  const world = realWorld();
  const listener: Listener = {
    transport: 'udp',
    address: local,
    port: 5060,
    role: 'gateway',
    advertise: undefined,
  };
  const notices: Notice[] = [];
  const lost: CallId[] = [];
  const engine = builtinEngine({
    world,
    datagrams: udpDatagrams(),
    streams: { tcp: tcpStreams() },
    ears: {
      onInvite: () => undefined,
      onLeg: (leg, event) => void legs.onLeg(leg, event),
      onStray: ({ id }) => engine.respond(id, 481, 'Call/Transaction Does Not Exist', []),
      onFault: () => undefined,
    },
  });
  const legs = new SipLegs({ world, engine, listener });
  const listening = await engine.listen([listener]);
  if (listening.kind === 'failed') throw new Error(listening.why);
  const sink = {
    step: () => undefined,
    record: () => undefined,
    note: (notice: Notice) => void notices.push(notice),
    count: () => undefined,
  };
  const links = openMediaLinks({ world, servers, legs, sink });
  const ears = { onLost: (call: CallId) => void lost.push(call) };
  const anchor = new FreeswitchAnchor({ world, links, callsMax: 5000, sink, ears });
  return {
    anchor,
    legs,
    notices,
    lost,
    async close() {
      anchor.close();
      links.close();
      await engine.close();
    },
  };
}

/** One that listens there, with the secret of the tests. */
export function serverAt({ events }: FreeswitchPlaces, local: string): FreeswitchServer {
  return {
    esl: events,
    secret: FREESWITCH_SECRET,
    listen: { address: local, port: 0 },
    advertise: undefined,
    recordings: undefined,
    profiles: { outside: 'drachtio_mrf', inside: 'drachtio_mrf' },
  };
}

/** Waits until that many of them have said that they are up. */
export async function allUp({ notices }: FreeswitchSubject, servers = 1): Promise<void> {
  await until('FreeSWITCH is up', () => {
    const ups = notices.filter(({ event }) => event === 'freeswitch-up');
    return ups.length >= servers;
  });
}
