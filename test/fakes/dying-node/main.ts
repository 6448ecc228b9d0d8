import { openQuarantine } from '../../../apps/sbc/quarantine.ts';
import { NO_OCTETS } from '../../../lib/base/brands.ts';
import { realWorld } from '../../../lib/base/real-world.ts';
import { builtinEngine } from '../../../lib/engine/builtin/engine.ts';
import { udpDatagrams } from '../../../lib/engine/builtin/sockets/udp.ts';
import type { EventSink } from '../../../lib/ports/event-sink.ts';
import { tagOf } from '../../../lib/sip/ids.ts';

/**
 * An engine over its quarantine, as the node puts them together, that answers every call with 486:
 * and one that names `kill` or `abort` in its Request-URI ends the process, at once or in a promise
 * of the same turn. Says its notices as JSON lines.
 */
async function run(stateDir: string, address: string): Promise<void> {
  const say = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`);
  const world = realWorld();
  const sink: EventSink = {
    step: () => undefined,
    record: () => undefined,
    note: say,
    count: (counter, label) => say({ count: `${counter}/${label}` }),
  };
  const engine = builtinEngine({
    world,
    datagrams: udpDatagrams(),
    quarantine: openQuarantine(stateDir, { world, sink }),
    ears: {
      onInvite({ leg, request: { uri } }) {
        if (uri.includes('kill')) killed();
        if (uri.includes('abort')) {
          void Promise.resolve().then(() => process.abort());
          return;
        }
        const response = { status: 486, reason: 'Busy Here', contact: undefined, headers: [] };
        engine.reject(leg, { ...response, tag: tagOf('ours'), body: NO_OCTETS });
      },
      onLeg: () => undefined,
      onStray: ({ id }) => engine.respond(id, 481, 'No', []),
      onFault: () => undefined,
    },
  });
  const listener = { address, port: 5060, role: 'anycast', transport: 'udp' } as const;
  const { kind } = await engine.listen([{ ...listener, advertise: undefined }]);
  say({ listening: kind });
  // Nothing but a signal or a call ends it.
  setInterval(() => undefined, 1000);
}

/** As by a watchdog: the message that it hangs in is never left. */
function killed(): void {
  process.kill(process.pid, 'SIGKILL');
  for (;;);
}

await run(process.argv[2] ?? '', process.argv[3] ?? '');
