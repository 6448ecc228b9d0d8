import type { MediaConfig } from '../../config/site-config.ts';
import type { World } from '../../lib/base/time.ts';
import { FreeswitchAnnouncer } from '../../lib/media/freeswitch/announcer.ts';
import { FreeswitchAnchor } from '../../lib/media/freeswitch/freeswitch-anchor.ts';
import { type MediaLinks, openMediaLinks } from '../../lib/media/freeswitch/media-links.ts';
import { SipLegs } from '../../lib/media/freeswitch/sip-legs.ts';
import { openRtpengine } from '../../lib/media/rtpengine/open-rtpengine.ts';
import type { Announcer } from '../../lib/ports/announcer.ts';
import type { EngineEars } from '../../lib/ports/engine-ears.ts';
import type { EventSink } from '../../lib/ports/event-sink.ts';
import type { MediaAnchor, MediaEars } from '../../lib/ports/media-anchor.ts';
import type { Listener, SipEngine } from '../../lib/ports/sip-engine.ts';

/** What the site has for media; each part is made when the node asks for it. */
export type SiteMedia = {
  /** The ears of the node, and before them those of legs to FreeSWITCH. */
  earsFor(ears: EngineEars): EngineEars;
  /** Has to be called before the others. */
  useEngine(engine: SipEngine): void;
  anchorFor(ears: MediaEars): MediaAnchor | undefined;
  announcerFor(): Announcer | undefined;
  close(): void;
};

export type SiteMediaParts = {
  readonly world: World;
  readonly sink: EventSink;
  readonly config: MediaConfig;
  readonly listeners: readonly Listener[];
};

export function siteMedia({ world, sink, config, listeners }: SiteMediaParts): SiteMedia {
  const { anchor: kind, rtpengine, freeswitch, ringback } = config;
  let legs: SipLegs | undefined;
  let links: MediaLinks | undefined;
  let anchor: MediaAnchor | undefined;
  return {
    earsFor: (ears) => ({
      ...ears,
      onLeg: (leg, event) => {
        if (legs?.onLeg(leg, event) !== true) ears.onLeg(leg, event);
      },
    }),
    useEngine(engine) {
      const isGateway = ({ role, transport }: Listener) =>
        role === 'gateway' && transport === 'udp';
      const listener = listeners.find(isGateway);
      if (freeswitch.servers.length === 0 || listener === undefined) return;
      legs = new SipLegs({ world, engine, listener });
      links = openMediaLinks({ world, servers: freeswitch.servers, legs, sink });
    },
    anchorFor(ears) {
      const { callsMax } = freeswitch;
      if (kind === 'rtpengine') anchor = openRtpengine({ world, options: rtpengine, sink, ears });
      else if (kind === 'freeswitch' && links !== undefined)
        anchor = new FreeswitchAnchor({ world, links, callsMax, sink, ears });
      return anchor;
    },
    announcerFor: () =>
      links === undefined ? undefined : new FreeswitchAnnouncer({ world, links, sink, ringback }),
    close() {
      anchor?.close();
      links?.close();
    },
  };
}
