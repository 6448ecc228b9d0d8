import { realWorld } from '../../../../lib/base/real-world.ts';
import type { World } from '../../../../lib/base/time.ts';
import { ServerLink, type ServerOptions } from '../../../../lib/engine/drachtio/server-link.ts';

/** A link, and what was told of it. */
export type Linked = { readonly link: ServerLink; readonly told: readonly string[] };

export function openLink(options: ServerOptions, world: World = realWorld()): Linked {
  const told: string[] = [];
  const link = new ServerLink(options, world, {
    onUp: (_link, version) => void told.push(`up ${version}`),
    onDown: (_link, why) => void told.push(`down: ${why}`),
    onUnusable: (_link, why) => void told.push(`unusable: ${why}`),
    onRequest: () => void told.push('a request'),
  });
  return { link, told };
}
