import type { Transport } from '../../lib/sip/address.ts';

/** One line of a golden ladder: `  10 g1 > B  180 sdp tag=x`, `4320 B > g1  INVITE ~3130..5030`. */
export type Line = {
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
  /** The method, the status of a response, or what becomes of a connection. */
  readonly what: string;
  /** The method a response answers; INVITE when the line names none. */
  readonly of: string;
  readonly sdp: boolean;
  readonly options: ReadonlyMap<string, string>;
  readonly text: string;
  /** Where the site draws lots, any moment from here to there is right; absent: `atMs` is. */
  readonly between: { readonly fromMs: number; readonly toMs: number } | undefined;
};

/** So many messages that begin like this never arrive: `A > caller 200`. */
export type Loss = { readonly match: string; readonly count: number };

export type Script = {
  readonly title: string;
  readonly emergency: boolean;
  /** A gateway called psap makes the call, and the others are carriers, outside. */
  readonly isCallback: boolean;
  /** What each gateway speaks, in the order of the hunt. */
  readonly gateways: readonly Transport[];
  /** What the caller speaks. */
  readonly caller: Transport;
  /** What becomes of a REFER; `refuse` where the setup does not say. */
  readonly transfers: 'refuse' | 'pass' | 'execute';
  /** How many early dialogs the caller copes with. */
  readonly earlyDialogs: 'each' | 'first';
  readonly losses: readonly Loss[];
  readonly lines: readonly Line[];
  /** One a call, in the order of their ends. */
  readonly records: readonly string[];
};

/** Reads a ladder file; throws with the line that it does not understand. */
export function readScript(text: string): Script {
  const [title = '', setup = '', ...rest] = text.split('\n');
  const parts = setup.split(', ');
  const of = (name: string) => parts.filter((part) => part.startsWith(`${name} `));
  const [call] = of('call');
  const gateways = [...(of('gateways')[0] ?? '').matchAll(/g\d( tcp)?/g)].map(([, tcp]) =>
    transportOf(tcp),
  );
  if (call === undefined || gateways.length === 0) throw new Error(`no setup: ${setup}`);
  return {
    title,
    emergency: call === 'call emergency',
    isCallback: call === 'call callback',
    gateways,
    caller: transportOf(of('caller')[0]),
    transfers: transfersOf(of('transfers')[0]),
    earlyDialogs: parts.includes('early dialogs first') ? 'first' : 'each',
    losses: of('lost').map(readLoss),
    lines: rest.filter((line) => /^ *\d/.test(line)).map(readLine),
    records: rest.filter((line) => line.startsWith('record ')),
  };
}

function transfersOf(words: string | undefined): Script['transfers'] {
  const way = words?.split(' ')[1];
  return way === 'pass' || way === 'execute' ? way : 'refuse';
}

function transportOf(words: string | undefined): Transport {
  return words?.endsWith(' tcp') === true ? 'tcp' : 'udp';
}

function readLoss(words: string): Loss {
  const [, match = '', count] = /^lost (.*) (\d+)$/.exec(words) ?? [];
  return { match, count: Number(count) };
}

function readLine(line: string): Line {
  const parts = /^ *(\d+) (\S+) > (\S+) +(.*?)(?: ~(\d+)\.\.(\d+))?$/.exec(line);
  if (parts === null) throw new Error(`not a ladder line: ${line}`);
  const [, atMs, from = '', to = '', text = '', earliest, latest] = parts;
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
    between:
      earliest === undefined ? undefined : { fromMs: Number(earliest), toMs: Number(latest) },
  };
}

/** A line in the layout of the files. */
export function writeLine({ atMs, from, to, text }: Seen): string {
  const at = String(Math.round(atMs)).padStart(6);
  return `${at} ${`${from} > ${to}`.padEnd(12)} ${text}`.trimEnd();
}

/** What was on the wire, in the words of the files. */
export type Seen = Pick<Line, 'atMs' | 'from' | 'to' | 'text'>;
