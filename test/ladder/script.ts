/** One line of a golden ladder: `  10 g1 > B  180 sdp tag=x`. */
export type Line = {
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
  /** The method, or the status of a response. */
  readonly what: string;
  /** The method a response answers; INVITE when the line names none. */
  readonly of: string;
  readonly sdp: boolean;
  readonly options: ReadonlyMap<string, string>;
  readonly text: string;
};

export type Script = {
  readonly title: string;
  readonly emergency: boolean;
  readonly gateways: number;
  readonly losses: readonly { readonly match: string; readonly count: number }[];
  readonly lines: readonly Line[];
  /** One a call, in the order of their ends. */
  readonly records: readonly string[];
};

/** Reads a ladder file; throws with the line that it does not understand. */
export function readScript(text: string): Script {
  const [title = '', setup = '', ...rest] = text.split('\n');
  const emergency = /^call (emergency|ordinary)/.exec(setup)?.[1];
  const gateways = /gateways ((?:g\d ?)+)/.exec(setup)?.[1]?.trim().split(' ').length;
  if (emergency === undefined || gateways === undefined) throw new Error(`no setup: ${setup}`);
  const losses = [...setup.matchAll(/lost (\S+ > \S+ \S+) (\d+)/g)].map(([, match, count]) => ({
    match: match ?? '',
    count: Number(count),
  }));
  const lines = rest.filter((line) => /^ *\d/.test(line)).map(readLine);
  const records = rest.filter((line) => line.startsWith('record '));
  return { title, emergency: emergency === 'emergency', gateways, losses, lines, records };
}

function readLine(line: string): Line {
  const parts = /^ *(\d+) (\S+) > (\S+) +(.*)$/.exec(line);
  if (parts === null) throw new Error(`not a ladder line: ${line}`);
  const [, atMs, from = '', to = '', text = ''] = parts;
  const [what = '', ...words] = text.split(' ');
  const options = new Map<string, string>();
  for (const word of words) {
    const [name, value] = word.split('=');
    if (name !== undefined && value !== undefined) options.set(name, value);
  }
  return {
    atMs: Number(atMs),
    from,
    to,
    what,
    of: /\((\w+)\)/.exec(text)?.[1] ?? 'INVITE',
    sdp: words.includes('sdp'),
    options,
    text: text.trim(),
  };
}

/** A transcript line in the layout of the files. */
export function writeLine(atMs: number, from: string, to: string, text: string): string {
  const at = String(Math.round(atMs)).padStart(6);
  return `${at} ${`${from} > ${to}`.padEnd(12)} ${text}`.trimEnd();
}
