import { fewAMinute } from '../../lib/base/few-a-minute.ts';
import { never } from '../../lib/base/never.ts';
import type { World } from '../../lib/base/time.ts';
import type { WhyGivenUp } from '../../lib/engine/builtin/connection-counts.ts';
import { type BuiltinEngine, builtinEngine } from '../../lib/engine/builtin/engine.ts';
import type { EngineParts } from '../../lib/engine/builtin/engine-parts.ts';
import { GatewaySide, type ServerNews } from '../../lib/engine/drachtio/gateway-side.ts';
import type { ServerOptions } from '../../lib/engine/drachtio/server-link.ts';
import type { EventSink } from '../../lib/ports/event-sink.ts';
import type { SipEngine } from '../../lib/ports/sip-engine.ts';

export type Engines = {
  /** What the node speaks through. */
  readonly whole: SipEngine;
  /** The one that is always there: it faces the callers. */
  readonly builtin: BuiltinEngine;
};

/** The builtin engine, with the drachtio-servers before it where the site has some. */
export function openEngines(
  parts: EngineParts,
  servers: readonly ServerOptions[],
  sink: EventSink,
): Engines {
  const onGivenUp = teller(parts.world, sink);
  const builtin = builtinEngine({ ...parts, onGivenUp });
  if (servers.length === 0) return { whole: builtin, builtin };
  const { world, ears } = parts;
  const onNews = (news: ServerNews) => note(sink, news);
  return { whole: new GatewaySide(builtin, { world, ears, servers, onNews }), builtin };
}

/** One line a minute for each reason; landfall_connections_given_up_total has them all. */
function teller(world: World, sink: EventSink): (why: WhyGivenUp, source: string) => void {
  const mayTell = new Map<WhyGivenUp, () => boolean>();
  return (why, source) => {
    if (why === 'dead') return;
    const may = mayTell.get(why) ?? fewAMinute(1, world);
    mayTell.set(why, may);
    if (may()) sink.note({ event: 'connections-given-up', level: 'warn', why, source });
  };
}

function note(sink: EventSink, news: ServerNews): void {
  switch (news.what) {
    case 'up': {
      const { server, version } = news;
      sink.note({ event: 'drachtio-up', level: 'info', server, version });
      return;
    }
    case 'down': {
      const { server, why, lost } = news;
      sink.note({ event: 'drachtio-down', level: 'warn', server, why, lost });
      return;
    }
    case 'untaken': {
      const { server, why, leg } = news;
      sink.note({ event: 'drachtio-untaken', level: 'warn', server, why, leg });
      return;
    }
    case 'unusable': {
      const { server, why } = news;
      sink.note({ event: 'drachtio-unusable', level: 'warn', server, why });
      return;
    }
    default:
      never(news);
  }
}
