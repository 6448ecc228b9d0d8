import type { InviteUser } from './client-users.ts';
import type { Core } from './core.ts';
import { onFailureB, onResponseB, onTerminatedB } from './leg-b.ts';
import { onFailureWithin, onResponseWithin, onTerminatedWithin } from './re-inviting.ts';

/** Hands what comes of an INVITE of ours to the leg, or to the dialog, that it belongs to. */
export function inviteOutcomes(core: () => Core): InviteUser {
  return {
    onResponse(leg, response) {
      if (leg.side === 'b') onResponseB(core(), leg, response);
      else onResponseWithin(core(), leg, response);
    },
    onFailure(leg, cause) {
      if (leg.side === 'b') onFailureB(core(), leg, cause);
      else onFailureWithin(core(), leg, cause);
    },
    onTerminated(leg) {
      if (leg.side === 'b') onTerminatedB(leg);
      else onTerminatedWithin(core(), leg);
    },
  };
}
