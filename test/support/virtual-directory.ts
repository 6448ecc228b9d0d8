import {
  type Directory,
  type DirectoryParts,
  openDirectory,
} from '../../lib/gateways/dns/directory.ts';
import type { Destination } from '../../lib/gateways/dns/hop.ts';
import type { Notice } from '../../lib/ports/event-sink.ts';
import { type FakeNames, fakeNames } from './fake-names.ts';
import { VirtualWorld } from './virtual-world.ts';

export type VirtualDirectory = {
  readonly directory: Directory;
  readonly time: VirtualWorld;
  readonly names: FakeNames;
  readonly notices: Notice[];
  readonly counts: Map<string, number>;
  /** What `onMoved` was called with last. */
  readonly addresses: () => readonly string[];
  /** Lets time pass, and the promises in it. */
  readonly pass: (ms: number, stepMs?: number) => Promise<void>;
};

const STEP_MS = 250;

/** A directory on virtual time, over a name service that the test writes. */
export function virtualDirectory(
  changes: Partial<DirectoryParts> = {},
  seed = 1,
): VirtualDirectory {
  const time = new VirtualWorld(seed);
  const names = fakeNames();
  const notices: Notice[] = [];
  const counts = new Map<string, number>();
  let addresses: readonly string[] = [];
  const directory = openDirectory({
    world: time.world,
    names,
    sink: {
      step: () => undefined,
      record: () => undefined,
      note: (notice) => void notices.push(notice),
      count: (counter, label) =>
        void counts.set(`${counter}/${label}`, (counts.get(`${counter}/${label}`) ?? 0) + 1),
    },
    transports: ['udp', 'tcp'],
    familiesOf: () => [4],
    isOwn: () => false,
    onMoved: (found) => {
      addresses = found;
    },
    ...changes,
  });
  const pass = async (ms: number, stepMs = STEP_MS) => {
    const until = time.nowMs + ms;
    do {
      await settlePromises();
      time.runUntil(Math.min(time.nowMs + stepMs, until));
      await settlePromises();
    } while (time.nowMs < until);
  };
  return { directory, time, names, notices, counts, addresses: () => addresses, pass };
}

/** An answer leads to the next question: as often as a way is long. */
async function settlePromises(): Promise<void> {
  await new Promise<void>((done) => setImmediate(done));
}

/** `psap.example`, `psap.example:5070` or `tcp:psap.example`. */
export function named(text: string): Destination {
  const [, transport, host = '', port] = /^(?:(udp|tcp):)?([^:]+)(?::(\d+))?$/.exec(text) ?? [];
  return {
    kind: 'name',
    host,
    port: port === undefined ? undefined : Number(port),
    transport: transport === 'udp' || transport === 'tcp' ? transport : undefined,
  };
}
