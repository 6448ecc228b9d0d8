import type { World } from '../../base/time.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import { MediaLink } from './media-link.ts';
import type { FreeswitchServer } from './options.ts';
import type { SipLegs } from './sip-legs.ts';

/** The FreeSWITCHes of a site. */
export type MediaLinks = {
  /** One that is up, each in its turn; undefined: none is. */
  next(): MediaLink | undefined;
  onTurned(listener: (link: MediaLink) => void): void;
  close(): void;
};

export type MediaLinksParts = {
  readonly world: World;
  readonly servers: readonly FreeswitchServer[];
  readonly legs: Pick<SipLegs, 'createUAC'>;
  readonly sink: EventSink;
};

export function openMediaLinks({ world, servers, legs, sink }: MediaLinksParts): MediaLinks {
  let turn = 0;
  let listener: (link: MediaLink) => void = () => undefined;
  const links = servers.map(
    (server) =>
      new MediaLink({
        world,
        server,
        legs,
        onTurned(link, isUp, why) {
          const { name: esl } = link;
          if (isUp) sink.note({ event: 'freeswitch-up', level: 'info', esl });
          else sink.note({ event: 'freeswitch-down', level: 'warn', esl, why });
          listener(link);
        },
      }),
  );
  return {
    next() {
      const up = links.filter(({ isUp }) => isUp);
      turn += 1;
      return up[turn % up.length];
    },
    onTurned(told) {
      listener = told;
    },
    close() {
      for (const link of links) link.close();
    },
  };
}
