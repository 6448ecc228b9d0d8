import { NO_OCTETS } from '../../base/brands.ts';
import type { World } from '../../base/time.ts';
import type { Probe, ProbeOutcome } from '../../ports/sip-engine.ts';
import { headerValue } from '../../sip/headers.ts';
import { restMsIn } from '../../sip/retry-after.ts';
import { sipUri } from '../../sip/uri.ts';
import { hopUri } from './core.ts';
import type { ServerLink, SipPlace } from './server-link.ts';
import { whyOf } from './srf.ts';
import { heard } from './wording.ts';

/** Asks a gateway through a server whether it lives. [3261-11.1] */
export function sendProbe(
  { timers, clock }: World,
  { nextHop, uri, timeoutMs }: Probe,
  link: ServerLink,
  place: SipPlace,
  onOutcome: (outcome: ProbeOutcome) => void,
): void {
  const sentAt = clock.mono();
  let isOver = false;
  const end = (outcome: ProbeOutcome) => {
    if (isOver) return;
    isOver = true;
    timers.clear(alarm);
    onOutcome(outcome);
  };
  const alarm = timers.set(timeoutMs, () => end({ kind: 'silent' }));
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
      const { status } = response;
      if (status < 200) return;
      const { headers: said } = heard(response) ?? { headers: [], body: NO_OCTETS };
      const restMs = restMsIn(headerValue(said, 'retry-after'));
      end({ kind: 'answered', status, afterMs: clock.mono() - sentAt, restMs });
    });
  });
}
