import { Counter, Gauge, Registry } from 'prom-client';
import { never } from '../base/never.ts';
import type { AttemptRecord, CallRecord } from '../call/record.ts';
import { FAULT_OF } from '../call/termination.ts';
import { type Known, type Metric, type Present, READINGS, type Reading } from './readings.ts';

const COUNTERS_MAX = 64;
const LABELS_MAX = 64;
const REST = 'other';

type Naming = { readonly label: string; readonly help: string };

/** The counters that stand in a dashboard; any other one gets the label `label`. */
const NAMING: Readonly<Record<string, Naming>> = {
  calls: { label: 'fault', help: 'Calls that have ended, by whose fault.' },
  messages: { label: 'outcome', help: 'MESSAGEs outside of calls, by what became of them.' },
  moved: { label: 'moved', help: 'Ended calls, by whether the caller moved off anycast.' },
  attempts: { label: 'outcome', help: 'Tries at gateways, by how they ended.' },
  strays: {
    label: 'verdict',
    help: 'Requests that belong to no call here, by what became of them.',
  },
  dns: { label: 'outcome', help: 'Questions about names of gateways, by what came of them.' },
  faults: { label: 'reason', help: 'Datagrams that were no SIP message, by what was wrong.' },
  legs: {
    label: 'engine',
    help: 'INVITEs to gateways, by the engine that carried them; where the site has two.',
  },
  marks: { label: 'mark', help: 'Calls that something was suspicious about, placed or refused.' },
  media: { label: 'outcome', help: 'What was asked of media anchors, by what came of it.' },
  merged: { label: 'outcome', help: 'Further INVITEs of a call that had come already.' },
  claims: {
    label: 'outcome',
    help: 'INVITEs by what they were among all sites, and claims that were yielded or not kept.',
  },
  claim_batches: {
    label: 'outcome',
    help: 'Batches of claims handed to Redis, by what came of it; full: claims that were not.',
  },
  peer_frames: {
    label: 'outcome',
    help: 'Frames of peers that were shed, skipped, garbled or not understood, and strangers refused.',
  },
  relayed: {
    label: 'outcome',
    help: 'Strays sent to the site whose they are, by what came of it.',
  },
  acks_missed: {
    label: 'prefix',
    help: 'Calls whose ACK did not come to U, by networks of callers that none has ever come from.',
  },
  quarantine: {
    label: 'outcome',
    help: 'Messages that this node has died of twice: INVITEs refused, anything else dropped.',
  },
  tls_refused: {
    label: 'by',
    help: 'TLS connections that came to nothing, by who dialled: us or them.',
  },
  refusals: { label: 'condition', help: 'Calls refused by this node, by the row of the table.' },
};

/** All that a node shows as soon as it runs. */
export const METRICS: readonly Metric[] = [
  ...READINGS,
  ...Object.entries(NAMING).map(
    ([counter, { label, help }]): Metric => ({
      name: metricName(counter),
      type: 'counter',
      labels: [label],
      help,
    }),
  ),
];

/** Where lines go: the terminal is standard output or standard error. */
export type LogFile = 'records' | 'steps' | 'terminal';

export type Counters = {
  readonly count: (counter: string, label: string) => void;
  /** The tries in a record; all else the node counts where it happens. */
  readonly countAttempts: (record: CallRecord) => void;
  readonly countLost: (file: LogFile, lines: number) => void;
  readonly lost: (file: LogFile) => number;
  readonly text: () => Promise<string>;
};

/** Counts in plain maps, since a call must not pay for it; metrics are made when somebody asks. */
export function openCounters(present: () => Present): Counters {
  const registry = new Registry();
  const counts = new Map<string, Map<string, number>>();
  const lost: Record<LogFile, number> = { records: 0, steps: 0, terminal: 0 };

  for (const reading of READINGS) {
    exposeReading(registry, reading, () => ({ ...present(), linesLost: lost }));
  }

  const labelsOf = (counter: string): Map<string, number> => {
    const known = counts.get(counter);
    if (known !== undefined) return known;
    if (counts.size >= COUNTERS_MAX && counter !== REST) return labelsOf(REST);
    const labels = new Map<string, number>();
    counts.set(counter, labels);
    exposeCounter(registry, counter, labels);
    return labels;
  };
  const count = (counter: string, label: string) => {
    const labels = labelsOf(counter);
    const key = labels.has(label) || labels.size < LABELS_MAX ? label : REST;
    labels.set(key, (labels.get(key) ?? 0) + 1);
  };

  for (const counter of Object.keys(NAMING)) labelsOf(counter);
  for (const fault of Object.values(FAULT_OF)) labelsOf('calls').set(fault, 0);
  return {
    count,
    countAttempts(record) {
      for (const attempt of record.attempts) count('attempts', outcomeOf(attempt));
    },
    countLost: (file, lines) => {
      lost[file] += lines;
    },
    lost: (file) => lost[file],
    text: () => registry.metrics(),
  };
}

function exposeReading(registry: Registry, reading: Reading, known: () => Known): void {
  const { name, help, labels, read } = reading;
  const settings = { name, help, labelNames: [...labels], registers: [registry] };
  switch (reading.type) {
    case 'gauge':
      new Gauge({
        ...settings,
        collect() {
          this.reset();
          for (const sample of read(known())) this.set(sample.labels, sample.value);
        },
      });
      return;
    case 'counter':
      new Counter({
        ...settings,
        collect() {
          this.reset();
          for (const sample of read(known())) this.inc(sample.labels, sample.value);
        },
      });
      return;
    default:
      never(reading.type);
  }
}

function exposeCounter(registry: Registry, counter: string, labels: Map<string, number>): void {
  const { label, help } = NAMING[counter] ?? { label: 'label', help: `Counts ${counter}.` };
  const name = metricName(counter);
  // Two spellings of one name would clash; the first one keeps it.
  if (registry.getSingleMetric(name) !== undefined) return;
  new Counter({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    collect() {
      this.reset();
      for (const [value, total] of labels) this.inc({ [label]: value }, total);
    },
  });
}

function metricName(counter: string): string {
  return `landfall_${counter.toLowerCase().replace(/[^a-z0-9]+/g, '_')}_total`;
}

function outcomeOf({ status }: AttemptRecord): string {
  if (status === 0) return 'owed';
  if (status < 300) return 'answered';
  switch (status) {
    case 408:
      return 'silent';
    case 487:
      return 'cancelled';
    case 503:
      return 'unavailable';
    default:
      return 'refused';
  }
}
