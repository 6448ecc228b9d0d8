import { readFileSync } from 'node:fs';
import path from 'node:path';
import { whyOf } from '../../lib/base/why-of.ts';
import { runInside } from './inside.ts';
import { LabFault } from './lab-fault.ts';
import { ROOT } from './lab-files.ts';
import { buildOlder, type OlderBuild } from './older-build.ts';
import { isUp, type LabOptions } from './running-lab.ts';
import { siteName } from './topology.ts';

/** Rows where one site begins what another one goes on with. */
export const OLDER_ROWS = 'F0,F2,F2a,F3,F6,F8,F9,F10,F17'.split(',');

/** The sites of a row: the one that has its calls, and the one that gets what strays. */
const SEATS = [
  { site: 1, has: 'the calls' },
  { site: 2, has: 'what strays' },
] as const;

/** Plays the rows twice: an older node has the calls, and then it gets what strays from them. */
export async function playOlder(lab: LabOptions, revision: string): Promise<boolean> {
  if (isUp(lab.folder)) throw new LabFault(`a lab is up in ${lab.folder}; "lab down" ends it`);
  const build = built(revision);
  let isFine = true;
  try {
    for (const { site, has } of SEATS) {
      console.log(`${siteName(site)}, which gets ${has}, is as it was at ${revision}`);
      isFine = (await runInside({ ...lab, older: { site, root: build.root } })) && isFine;
    }
  } finally {
    build.remove();
  }
  return isFine;
}

function built(revision: string): OlderBuild {
  try {
    return buildOlder(ROOT, revision);
  } catch (error) {
    const why = whyOf(error);
    throw new LabFault(`${revision} cannot be built: ${why}`);
  }
}

/** What the last site speaks with each of the others, as its log has it. */
export function spokenAt({ folder, sites }: LabOptions): string {
  const steps = readFileSync(path.join(folder, siteName(sites), 'steps.ndjson'), 'utf8');
  const links = steps.matchAll(/"event":"peer-up","peer":"(\w+)".*?"version":(\d+)/g);
  const said = [...links].map(([, peer, version]) => `version ${version} with ${peer}`);
  return `${siteName(sites)} speaks ${said.sort().join(', ')}`;
}
