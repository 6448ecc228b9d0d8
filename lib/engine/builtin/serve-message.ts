import { never } from '../../base/never.ts';
import type { ReceivedOn } from '../../ports/sip-engine.ts';
import { parse } from '../../sip/parse.ts';
import type { Core } from './core.ts';
import type { Far } from './far.ts';
import { serveResponse } from './for-neighbours.ts';
import { serveRequest } from './serve-request.ts';
import { serveUnparsable } from './unparsable.ts';
import type { Wire } from './wires.ts';

/** Serves what came on a wire, whatever it is. */
export function serveMessage(core: Core, wire: Wire, raw: Buffer, source: Far): void {
  const parsed = parse(raw);
  const { certified } = source;
  const receivedOn: ReceivedOn = { listener: wire.listener, source, certified };
  switch (parsed.kind) {
    case 'request':
      serveRequest(core, { request: parsed, wire, receivedOn, raw });
      return;
    case 'response':
      serveResponse(core, { response: parsed, receivedOn, raw });
      return;
    case 'fault':
      if (parsed.reason !== 'empty') serveUnparsable(core, parsed, wire, receivedOn);
      return;
    default:
      never(parsed);
  }
}
