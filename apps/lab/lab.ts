#!/usr/bin/env node
import { flap } from './flap.ts';
import { Misuse } from './lab-arguments.ts';
import { LabFault } from './lab-fault.ts';
import { LAB_HELP } from './lab-help.ts';
import { link } from './link.ts';
import { load } from './load.ts';
import { matrix } from './matrix-command.ts';
import { down, inPlace, up } from './up-and-down.ts';

const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** Each answers whether all was well; it throws Misuse or LabFault. */
const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<boolean>>> = {
  up,
  flap,
  link,
  load,
  matrix,
  in: inPlace,
  down,
};

async function main(): Promise<number> {
  const [name = '', ...args] = process.argv.slice(2);
  if (['help', '--help', '-h'].includes(name) || args.includes('--help')) {
    console.log(LAB_HELP);
    return EXIT.ok;
  }
  const command = COMMANDS[name];
  try {
    if (command === undefined)
      throw new Misuse(`${name || 'nothing'}: ${Object.keys(COMMANDS).join(', ')} would be right`);
    return (await command(args)) ? EXIT.ok : EXIT.failed;
  } catch (error) {
    if (error instanceof Misuse) {
      console.error(`lab ${name}: ${error.message}\n"npm run lab -- --help" says more`);
      return EXIT.usage;
    }
    if (!(error instanceof LabFault)) throw error;
    console.error(`lab ${name}: ${error.message}`);
    return EXIT.failed;
  }
}

process.exitCode = await main();
