import { realWorld } from '../../lib/base/real-world.ts';
import { ServerLink, type ServerOptions } from '../../lib/engine/drachtio/server-link.ts';
import { type Family, type Transport, writeAddress } from '../../lib/sip/address.ts';

const PATIENCE_MS = 2000;
const TRANSPORTS: readonly Transport[] = ['udp', 'tcp'];
const FAMILIES: readonly Family[] = [4, 6];

/** Greets a drachtio-server as the node would, and says in a line what comes of it. */
export function greet(server: ServerOptions): Promise<string> {
  const world = realWorld();
  return new Promise((resolve) => {
    const say = (link: ServerLink, words: string) => {
      world.timers.clear(alarm);
      resolve(`drachtio-server ${link.name}: ${words}`);
      link.close();
    };
    const asked = new ServerLink(server, world, {
      onUp: (link, version) => say(link, `${version}, speaks ${placesOf(link)}`),
      onUnusable: (link, why) => say(link, `cannot be used: ${why}`),
      onDown: () => undefined,
      onRequest: () => undefined,
    });
    const alarm = world.timers.set(PATIENCE_MS, () => say(asked, 'cannot be used: it is silent'));
  });
}

function placesOf(link: ServerLink): string {
  return TRANSPORTS.flatMap((transport) =>
    FAMILIES.flatMap((family) => {
      const place = link.placeOf(transport, family);
      return place === undefined ? [] : [`${transport} ${writeAddress(place)}`];
    }),
  ).join(' and ');
}
