import type { ReceivedOn, RelayedMessage, StrayResponse } from '../../ports/sip-engine.ts';
import type { LegId, StrayId } from '../../sip/ids.ts';
import { parse } from '../../sip/parse.ts';
import type { Core } from './core.ts';
import { answerWay } from './far.ts';
import { handOverA } from './leg-a.ts';
import { handOverStray } from './outside-dialog.ts';
import { isSetApart } from './quarantine.ts';
import { serveRequest } from './serve-request.ts';

/** Forgets a new call, or a stray, that another site answers. */
export function handOver(core: Core, what: LegId | StrayId): void {
  const leg = core.legsA.get(what as LegId);
  if (leg === undefined) handOverStray(core, what as StrayId);
  else handOverA(core, leg);
}

/** Sends what another site has answered, as if it had been said here. */
export function sendBack({ wires }: Core, { listener, source }: ReceivedOn, raw: Buffer): void {
  const parsed = parse(raw);
  if (parsed.kind !== 'response') return;
  wires.send(wires.of(listener), raw, answerWay(parsed.via, source));
}

/** Sends what another site asks of a caller whose connection is here. */
export function sendOn({ wires }: Core, { listener, source }: ReceivedOn, raw: Buffer): boolean {
  const wire = wires.of(listener);
  const connection = wires.connectionOf(wire, source);
  if (connection === undefined || parse(raw).kind !== 'request') return false;
  wires.send(wire, raw, { ...source, connection });
  return true;
}

/** Takes what another site has received as if it had come here. */
export function takeRelayed(core: Core, message: RelayedMessage): void {
  const { raw, listener, source, back, through } = message;
  const wire = core.wires.relayed(listener, source, { back, through });
  if (isSetApart(core, wire, raw, source)) return;
  const parsed = parse(raw);
  const receivedOn: ReceivedOn = { listener, source, through: message.from };
  if (parsed.kind === 'request') serveRequest(core, { request: parsed, wire, receivedOn, raw });
  else if (parsed.kind === 'response') serveResponse(core, { response: parsed, receivedOn, raw });
}

/**
 * A response to no request of ours is discarded, unless another site knows better. [3261-18.1.2]
 */
export function serveResponse({ clients, counts, news }: Core, stray: StrayResponse): void {
  if (clients.onResponse(stray.response)) return;
  counts.strayResponses += 1;
  news.push({ what: 'stray-response', stray });
}
