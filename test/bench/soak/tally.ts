import type { Call } from './call.ts';

export type ScenarioTally = {
  played: number;
  failed: number;
  /** Transactions outside of dialogs that were begun. */
  invites: number;
  messages: number;
};

/** What the driver says when it is done. */
export type DriverReport = {
  readonly scenarios: Readonly<Record<string, ScenarioTally>>;
  /** The first that went wrong. */
  readonly faults: readonly string[];
  /** Requests of the node for calls that the driver does not know. */
  readonly strangers: number;
};

const FAULTS_MAX = 20;

export function openTally() {
  const scenarios: Record<string, ScenarioTally> = {};
  const faults: string[] = [];
  return {
    count(name: string, { invites, messages }: Call, fault?: string): void {
      const nothing = { played: 0, failed: 0, invites: 0, messages: 0 };
      const tally = scenarios[name] ?? nothing;
      scenarios[name] = tally;
      tally.played += 1;
      tally.invites += invites.size;
      tally.messages += messages.size;
      if (fault === undefined) return;
      tally.failed += 1;
      if (faults.length < FAULTS_MAX) faults.push(fault);
    },
    report: () => ({ scenarios, faults }),
  };
}
