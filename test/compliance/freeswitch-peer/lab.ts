import { once } from 'node:events';

import { srfClient } from '../../../lib/engine/drachtio/srf.ts';
import { openDrachtioPeer } from '../../fakes/drachtio-peer/peer.ts';
import {
  type FreeswitchPeer,
  openFreeswitchPeer,
  type PeerOptions,
} from '../../fakes/freeswitch-peer/peer.ts';
import { Fsmrf, type MediaServer } from './fsmrf.ts';

export const SECRET = 'of-the-event-socket';

/** The library itself, between the peer and one of drachtio-server. */
export type Lab = {
  readonly peer: FreeswitchPeer;
  connect(secret?: string): Promise<MediaServer>;
  close(): Promise<void>;
};

/** On addresses of its own: a network's first three numbers. */
export async function openLab(net: string, more: Partial<PeerOptions> = {}): Promise<Lab> {
  const peer = await openFreeswitchPeer({
    events: { address: `${net}.1`, port: 0 },
    secret: SECRET,
    sip: { address: `${net}.1`, port: 5060 },
    heartbeatMs: 100,
    ...more,
  });
  const admin = { address: `${net}.2`, port: 9022 };
  const drachtio = await openDrachtioPeer({
    admin,
    secret: SECRET,
    sip: { address: `${net}.2`, port: 5060 },
  });
  const srf = srfClient();
  const connected = once(srf, 'connect');
  srf.connect({
    host: admin.address,
    port: admin.port,
    secret: SECRET,
    reconnect: { retryMaxDelay: 100 },
  });
  await connected;
  const mrf = new Fsmrf(srf);
  const servers: MediaServer[] = [];
  return {
    peer,
    async connect(secret = SECRET) {
      const { address, port } = peer.events;
      const server = await mrf.connect({ address, port, secret, listenAddress: `${net}.3` });
      servers.push(server);
      return server;
    },
    async close() {
      for (const server of servers) server.disconnect();
      srf.disconnect();
      await peer.close();
      await drachtio.close();
    },
  };
}
