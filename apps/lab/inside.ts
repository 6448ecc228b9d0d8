import { bringUp, isUp, joinLab, type LabOptions, takeDown } from './running-lab.ts';
import { CALLERS_PLACE } from './topology.ts';
import { runHere } from './up-and-down.ts';

const INSIDE = 'LANDFALL_LAB_INSIDE';

/** Whether this process is among the callers already. */
export const isInside = () => process.env[INSIDE] !== undefined;

/**
 * Runs this very command again in the namespace of the callers, since no process of Node can move
 * there by itself. Where no lab is up it brings one up, and takes that one down again.
 */
export async function runInside(options: LabOptions): Promise<boolean> {
  const { folder } = options;
  const isOurs = !isUp(folder);
  const lab = isOurs ? await bringUp(options) : await joinLab(folder);
  try {
    const enter = await lab.enter(CALLERS_PLACE);
    const self = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
    return (await runHere([...enter, ...self], { [INSIDE]: '1' })) === 0;
  } finally {
    lab.close();
    if (isOurs) await takeDown(folder);
  }
}
