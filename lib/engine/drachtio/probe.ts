import type { Probe, ProbeOutcome } from '../../ports/outside-dialogs.ts';
import { headerValue } from '../../sip/headers.ts';
import { restMsIn } from '../../sip/retry-after.ts';
import { sipUri } from '../../sip/uri.ts';
import { type Core, hopUri } from './core.ts';
import type { ServerLink, SipPlace } from './server-link.ts';
import { whyOf } from './srf.ts';
import { contentOf, isMadeUp } from './wording.ts';

/** Asks a gateway through a server whether it lives. [3261-11.1] */
export function sendProbe(
  { timers, clock, probes }: Core,
  { nextHop, uri, timeoutMs }: Probe,
  link: ServerLink,
  place: SipPlace,
  onOutcome: (outcome: ProbeOutcome) => void,
): void {
  const sentAt = clock.mono();
  const end = (outcome: ProbeOutcome) => {
    if (!probes.delete(alarm)) return;
    timers.clear(alarm);
    onOutcome(outcome);
  };
  const alarm = timers.set(timeoutMs, () => end({ kind: 'silent' }));
  probes.add(alarm);
  const { address: host, port, transport } = place;
  const us = sipUri({ host, port });
  const headers = {
    From: `<${us}>`,
    To: `<${uri}>`,
    Contact: `<${us}>`,
    Accept: 'application/sdp',
  };
  const proxy = hopUri(nextHop, transport);
  link.request({ headers, method: 'OPTIONS', uri, proxy }, (error, sent) => {
    if (sent === undefined) end({ kind: 'unsent', why: whyOf(error) });
    sent?.on('response', (response) => {
      const { status, reason } = response;
      if (status < 200) return;
      const restMs = restMsIn(headerValue(contentOf(response).headers, 'retry-after'));
      if (!isMadeUp(response)) {
        end({ kind: 'answered', status, afterMs: clock.mono() - sentAt, restMs });
      } else if (status !== 408) end({ kind: 'unsent', why: `${status} ${reason}` });
      else end({ kind: 'silent' });
    });
  });
}
