import { Misuse } from './arguments.ts';
import { callsLadder, callsShow, callsTail } from './calls.ts';
import { callsList } from './calls-list.ts';
import { HELP_OF } from './help.ts';
import { EXIT, type Io } from './io.ts';

/** Those that need the engine or the config are loaded when they are called: help is instant. */
const COMMANDS: Readonly<
  Record<string, (args: readonly string[], io: Io) => number | Promise<number>>
> = {
  'calls tail': callsTail,
  'calls list': callsList,
  'calls show': callsShow,
  'calls ladder': callsLadder,
  call: async (args, io) => (await import('./call.ts')).call(args, io),
  check: async (args, io) => (await import('./check.ts')).check(args, io),
  gateways: async (args, io) => (await import('./gateways.ts')).gateways(args, io),
  nodes: async (args, io) => (await import('./nodes.ts')).nodes(args, io),
  reload: async (args, io) => (await import('./reload.ts')).reload(args, io),
  start: async (args, io) => (await import('../sbc/start.ts')).start(args, io),
};

/** Runs what was typed after `landfall`; answers the exit code. */
export async function run(args: readonly string[], io: Io, version: () => string): Promise<number> {
  const [first = '', second = ''] = args;
  if (first === '--version' || first === '-V') {
    io.out(version());
    return EXIT.ok;
  }
  const name = first === 'calls' ? `calls ${second}` : first;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const rest = args.slice(first === 'calls' ? 2 : 1);
  const help = helpFor(command === undefined ? first : name);
  if (isHelp(first) || (command === undefined && isHelp(second)) || wantsHelp(rest)) {
    io.out(help);
    return EXIT.ok;
  }
  if (command === undefined) {
    if (args.length > 0) io.err(`landfall: there is no command ${name.trim()}`);
    io.err(help);
    return EXIT.usage;
  }
  try {
    return await command(rest, io);
  } catch (error) {
    if (!isMisuse(error)) throw error;
    io.err(`landfall ${name}: ${error.message}`);
    io.err(`usage: ${help.split('\n', 1)[0]}`);
    return EXIT.usage;
  }
}

/** Node's own complaints about arguments count, too. */
function isMisuse(error: unknown): error is Error {
  if (error instanceof Misuse) return true;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS');
}

function helpFor(name: string): string {
  const text = Object.hasOwn(HELP_OF, name) ? HELP_OF[name] : undefined;
  return text ?? HELP_OF[''] ?? '';
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h' || word === 'help';
}

function wantsHelp(args: readonly string[]): boolean {
  return args.includes('--help') || args.includes('-h');
}
