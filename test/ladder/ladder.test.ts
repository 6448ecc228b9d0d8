import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { step } from '../../lib/call/step.ts';
import { restoringDecide } from '../support/restoring-decide.ts';
import { play } from './play.ts';
import { readScript, writeLine } from './script.ts';
import { summaryOf } from './summary.ts';

const GOLDEN = path.join(__dirname, 'golden');

const WAYS = [
  ['of calls that stay in memory', step],
  ['of calls that are killed and restored at every step', restoringDecide],
] as const;

describe.each(WAYS)('golden ladders %s', (_, decide) => {
  for (const file of readdirSync(GOLDEN)) {
    const script = readScript(readFileSync(path.join(GOLDEN, file), 'utf8'));
    test(`${file.replace('.txt', '')}: ${script.title}`, async () => {
      const { transcript, site, alarmsLeft } = await play(script, { decide });
      expect(transcript).toBe(script.lines.map(writeLine).join('\n'));
      expect(site.told.records.map(summaryOf)).toEqual(script.records);
      expect(site.told.notices.filter(({ event }) => event === 'bug')).toEqual([]);
      expect(site.node.callsNow()).toBe(0);
      expect(alarmsLeft).toBe(0);
    });
  }
});
