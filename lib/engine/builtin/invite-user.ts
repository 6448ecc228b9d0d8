import { onFailureWithin, onResponseWithin, onTerminatedWithin } from './asking.ts';
import type { InviteUser } from './client-users.ts';
import type { Core } from './core.ts';
import { onFailureB, onResponseB, onTerminatedB } from './leg-b.ts';

/** Leads what becomes of an INVITE of ours to the leg that it made, or to the dialog it is in. */
export function inviteUser(core: () => Core): InviteUser {
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
