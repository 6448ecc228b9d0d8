import type { ChangedLine } from '../../support/mutate.ts';

/** One line of the site changed so that something no longer holds. */
export type SeededBug = ChangedLine & {
  readonly name: string;
  readonly target: string;
  /** Within so many cases the target finds it. */
  readonly casesMax: number;
  /** How the complaint begins. */
  readonly complaint: string;
  readonly file: string;
};

/** Slips of the kind that reading does not find; a line that is written anew needs its bug anew. */
export const SEEDED_BUGS: readonly SeededBug[] = [
  {
    name: 'a parameter directly behind a quoted one is part of it',
    target: 'messages',
    casesMax: 5000,
    complaint: 'the tag of our response',
    file: 'lib/sip/params.ts',
    line: 'open = (open + text.slice(open.length, at)).padEnd(after);',
    becomes: 'open = (open + text.slice(open.length, at)).padEnd(after + 1);',
  },
  {
    name: 'an empty line that comes in two pieces is not found',
    target: 'framing',
    casesMax: 2000,
    complaint: 'other pieces, other messages',
    file: 'lib/engine/builtin/proto/framing.ts',
    line: 'searched = Math.max(0, bytes.length - 2);',
    becomes: 'searched = bytes.length;',
  },
  {
    name: 'a transaction that gave up goes on sending',
    target: 'machines',
    casesMax: 5000,
    complaint: 'it is over and leaves an alarm',
    file: 'lib/engine/builtin/proto/invite-client.ts',
    line: "effects: [CLEAR_A, CLEAR_B, { do: 'report-failure', cause }],",
    becomes: "effects: [CLEAR_B, { do: 'report-failure', cause }],",
  },
  {
    name: 'somebody is answered whose Via cannot be read',
    target: 'node',
    casesMax: 500,
    complaint: 'the site said what nobody can use',
    file: 'lib/engine/builtin/unparsable.ts',
    line: "const answered = !isResponse && method !== undefined && method !== 'ACK' && via !== undefined;",
    becomes:
      "const answered = !isResponse && method !== undefined && method !== 'ACK' && via !== null;",
  },
];
