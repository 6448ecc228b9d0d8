import type { LinkEars, LinkWires } from '../../../lib/cluster/links/wires.ts';
import type { VirtualProcess } from '../../support/virtual-process.ts';

/** The links of a process: what comes to a stopped one waits, and a dead one hears nothing. */
export function processWires(wires: LinkWires, { happen }: VirtualProcess): LinkWires {
  const heard = (ears: LinkEars): LinkEars => ({
    onBytes: (bytes) => happen(() => ears.onBytes(bytes)),
    onClosed: () => happen(() => ears.onClosed()),
  });
  return {
    listen: (local, ears) =>
      wires.listen(local, {
        onArrived(socket, site, far) {
          const taken = ears.onArrived(socket, site, far);
          return taken === undefined ? undefined : heard(taken);
        },
        onRefused: (...what) => happen(() => ears.onRefused(...what)),
      }),
    dial: (far, ears) =>
      wires.dial(far, {
        ...heard(ears),
        onOpen: () => happen(() => ears.onOpen()),
        onRefused: (...what) => happen(() => ears.onRefused(...what)),
      }),
    close: () => wires.close(),
  };
}
