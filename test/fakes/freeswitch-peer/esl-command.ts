/** What a client of the event socket says: a line, headers and perhaps a body. */
export type EslCommand = {
  /** With its arguments: `api sofia status`. */
  readonly line: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
};

const BYTES_MAX = 1_000_000;

/** Takes a stream apart; undefined: nobody would say that much at once. */
export function openEslReader(): (chunk: Buffer) => readonly EslCommand[] | undefined {
  let buffer = '';
  return (chunk) => {
    buffer += chunk.toString('latin1');
    const commands: EslCommand[] = [];
    for (;;) {
      buffer = buffer.replace(/^[\r\n]+/, '');
      const end = /\r?\n\r?\n/.exec(buffer);
      if (end === null) break;
      const [line = '', ...lines] = buffer.slice(0, end.index).split(/\r?\n/);
      const headers = new Map(lines.map(headerIn));
      const bodyAt = end.index + end[0].length;
      const bodyEnd = bodyAt + Number(headers.get('content-length') ?? 0);
      if (buffer.length < bodyEnd) break;
      commands.push({ line: line.trimEnd(), headers, body: buffer.slice(bodyAt, bodyEnd) });
      buffer = buffer.slice(bodyEnd);
    }
    return buffer.length > BYTES_MAX ? undefined : commands;
  };
}

function headerIn(line: string): [string, string] {
  const colon = line.indexOf(':');
  if (colon < 0) return [line.toLowerCase(), ''];
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}
