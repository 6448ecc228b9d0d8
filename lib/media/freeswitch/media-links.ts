import type { World } from '../../base/time.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import { MediaLink } from './media-link.ts';
import type { FreeswitchServer } from './options.ts';
import type { SipLegs } from './sip-legs.ts';

/** The FreeSWITCHes of a site. */
export type MediaLinks = {
  /** One that is up, each in its turn; undefined: none is. */
  next(): MediaLink | undefined;
  onTurned(listener: () => void): void;
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
  let listener = () => {};
  const links = servers.map(
    (server) =>
      new MediaLink({
        world,
        server,
        legs,
        onTurned({ name: esl }, isUp, why) {
          if (isUp) sink.note({ event: 'freeswitch-up', level: 'info', esl });
          else sink.note({ event: 'freeswitch-down', level: 'warn', esl, why });
          listener();
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
