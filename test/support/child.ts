import { spawn } from 'node:child_process';

const OUTPUT_CHARS_MAX = 4 << 20;

export type ChildEnd = {
  /** -1 when a signal ended it or it could not be started. */
  readonly code: number;
  readonly signal: NodeJS.Signals | undefined;
};

/** A program that a test has started; it ends when its time is over or the test run is. */
export type Child = {
  readonly pid: number;
  readonly ended: Promise<ChildEnd>;
  isOver(): boolean;
  /** Both streams, in the order they arrived. */
  output(): string;
  signal(signal: NodeJS.Signals): void;
  write(text: string): void;
  /** SIGTERM, and SIGKILL if that was not heard. */
  stop(withinMs?: number): Promise<ChildEnd>;
};

/** Any process of the network that a program is to run in. */
export type Resident = { readonly pid: number };

export type ChildOptions = {
  /** Absent: the network of the test itself. */
  readonly at?: Resident | undefined;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly lifeMs: number;
};

export function startChild(
  command: string,
  args: readonly string[],
  { at, cwd, env, lifeMs }: ChildOptions,
): Child {
  const enter = at === undefined ? [] : ['nsenter', '--target', `${at.pid}`, '--net', '--'];
  // Should the test run die, the kernel ends the child: pdeathsig survives the exec.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...enter, command, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const { pid = 0 } = child;
  let output = '';
  let over = false;
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-OUTPUT_CHARS_MAX);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.stdin.on('error', () => undefined);
  const kill = () => child.kill('SIGKILL');
  const bound = setTimeout(kill, lifeMs);
  const ended = new Promise<ChildEnd>((resolve) => {
    const end = (result: ChildEnd) => {
      over = true;
      clearTimeout(bound);
      resolve(result);
    };
    child.once('error', (error) => {
      output += `${command}: ${error.message}\n`;
      end({ code: -1, signal: undefined });
    });
    child.once('close', (code, signal) => end({ code: code ?? -1, signal: signal ?? undefined }));
  });
  return {
    pid,
    ended,
    isOver: () => over,
    output: () => output,
    signal: (signal) => void child.kill(signal),
    write: (text) => void child.stdin.write(text),
    async stop(withinMs = 3000) {
      child.kill('SIGTERM');
      const impatience = setTimeout(kill, withinMs);
      const end = await ended;
      clearTimeout(impatience);
      return end;
    },
  };
}

/** Runs a program to its end and hands back what it said; a failure of it is an error. */
export async function runChild(
  command: string,
  args: readonly string[],
  lifeMs: number,
  at?: Resident,
): Promise<string> {
  const child = startChild(command, args, { lifeMs, at });
  const { code, signal } = await child.ended;
  if (code !== 0) {
    throw new Error(`${command} ${args.join(' ')}: ${signal ?? code}\n${child.output()}`);
  }
  return child.output();
}
