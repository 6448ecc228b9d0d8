import { ask, unreadable } from './admin-source.ts';
import { adminUrl, none, readArguments } from './arguments.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';

/** `landfall reload`: has a node read its configuration anew, and says what is different. */
export async function reload(args: readonly string[], io: Io): Promise<ExitCode> {
  const { values, positionals } = readArguments(args, { admin: { type: 'string' } });
  none(positionals);
  const access = { url: adminUrl(values.admin), token: io.env['LANDFALL_ADMIN_TOKEN'] };
  const answer = await ask(access, 'reload', { method: 'POST', statuses: [200, 422] });
  if (answer.kind === 'unreadable') return failedWith(io, answer.why);
  const body: unknown = await answer.response.json().catch(() => undefined);
  const changes = linesIn(body, 'changes');
  const problems = linesIn(body, 'problems');
  if (changes !== undefined) {
    for (const line of changes) io.out(line);
    if (changes.length === 0) io.out('nothing has changed');
    return EXIT.ok;
  }
  if (problems === undefined) return failedWith(io, unreadable(access, 'no answer came').why);
  for (const line of problems) io.err(line);
  return failedWith(io, 'refused; the node runs on with what it had');
}

function linesIn(body: unknown, key: 'changes' | 'problems'): readonly string[] | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const lines: unknown = Object.getOwnPropertyDescriptor(body, key)?.value;
  return Array.isArray(lines) ? lines.map(String) : undefined;
}

function failedWith(io: Io, why: string): ExitCode {
  io.err(`landfall reload: ${why}`);
  return EXIT.failed;
}
