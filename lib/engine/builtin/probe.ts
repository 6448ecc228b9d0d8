import { NO_OCTETS } from '../../base/brands.ts';
import type { Probe, ProbeOutcome } from '../../ports/outside-dialogs.ts';
import { header } from '../../sip/header-names.ts';
import { headerValue } from '../../sip/headers.ts';
import { sipCallId } from '../../sip/ids.ts';
import { restMsIn } from '../../sip/retry-after.ts';
import { sipUri } from '../../sip/uri.ts';
import { writeRequest } from '../../sip/write.ts';
import type { Outcome } from './client-users.ts';
import type { Core } from './core.ts';
import { clientKey } from './proto/match.ts';
import { ownVia } from './wires.ts';

const CALL_ID_BYTES = 12;

/** Asks a gateway what it can do, to hear that it lives. [3261-11.1] */
export function sendProbe(core: Core, probe: Probe, tell: (outcome: ProbeOutcome) => void): void {
  const { clients, news, counts, limits } = core;
  const end = (outcome: ProbeOutcome) => {
    clients.drop(key);
    news.push({ what: 'outcome', tell: () => tell(outcome) });
  };
  const { key, bytes, flow } = written(core, probe);
  if (clients.size >= limits.transactionsMax) {
    counts.overloads += 1;
    end({ kind: 'unsent', why: 'there is no room for another request' });
    return;
  }
  const sentAt = core.clock.mono();
  clients.request(key, flow, bytes, {
    onOutcome: (outcome) => end(outcomeOf(outcome, core.clock.mono() - sentAt)),
    silence: { afterMs: probe.timeoutMs, run: () => end({ kind: 'silent' }) },
  });
}

function outcomeOf(outcome: Outcome, afterMs: number): ProbeOutcome {
  if (outcome === 'timeout') return { kind: 'silent' };
  if (outcome === 'transport') return { kind: 'unsent', why: 'it cannot be reached' };
  const { status, headers } = outcome;
  return {
    kind: 'answered',
    status,
    afterMs,
    restMs: restMsIn(headerValue(headers, 'retry-after')),
  };
}

function written(core: Core, { listener, nextHop, uri }: Probe) {
  const { serials, rng, wires } = core;
  const wire = wires.of(listener);
  const tag = serials.tag();
  const branch = serials.branch(tag);
  const host = listener.advertise ?? listener.address;
  const us = sipUri({ user: undefined, host, port: listener.port, params: [] });
  const callId = sipCallId(Buffer.from(rng.bytes(CALL_ID_BYTES)).toString('hex'));
  const headers = [
    ownVia(wire, branch),
    header('Max-Forwards', '70'),
    header('From', `<${us}>;tag=${tag}`),
    header('To', `<${uri}>`),
    header('Call-ID', callId),
    header('CSeq', '1 OPTIONS'),
    header('Contact', `<${us}>`),
    header('Accept', 'application/sdp'),
  ];
  return {
    key: clientKey(branch, 'OPTIONS'),
    flow: { wire, to: nextHop },
    bytes: writeRequest({ method: 'OPTIONS', uri, headers, body: NO_OCTETS }),
  };
}
