export type SippMessage = { readonly direction: 'sent' | 'received'; readonly text: string };

/** The messages of a `-trace_msg` file, in their order. */
export function readSippMessages(log: string): SippMessage[] {
  const messages: SippMessage[] = [];
  for (const entry of log.split(/^-{20,} .*\n/m)) {
    const match = /^(?:UDP|TCP) message (sent|received) .*:\n\n?/.exec(entry);
    if (match === null) continue;
    const direction = match[1] === 'sent' ? 'sent' : 'received';
    messages.push({ direction, text: entry.slice(match[0].length).trim() });
  }
  return messages;
}

/** The last row of a `-trace_stat` file. */
export function readSippStatistics(csv: string): { succeeded: number; failed: number } {
  const [names = '', ...rows] = csv.trim().split('\n');
  const columns = names.split(';');
  const last = rows.at(-1)?.split(';') ?? [];
  const lastOf = (name: string) => Number(last[columns.indexOf(name)] ?? 0);
  return { succeeded: lastOf('SuccessfulCall(C)'), failed: lastOf('FailedCall(C)') };
}

/** The value of a header of a message, its first one. */
export function headerOf(message: string, name: string): string {
  const line = new RegExp(`^${name}[ \\t]*:[ \\t]*(.*)$`, 'im').exec(message);
  return line?.[1]?.trim() ?? '';
}
