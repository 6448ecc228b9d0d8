import { coloured, type Paint, plain } from '../../lib/observe/read/paint.ts';
import type { NodesView } from '../sbc/nodes-view.ts';
import { askJson } from './admin-source.ts';
import { adminUrl, none, readArguments } from './arguments.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { table } from './table.ts';

/** `landfall nodes`: the other sites as this one sees them, and what it knows of their calls. */
export async function nodes(args: readonly string[], io: Io): Promise<ExitCode> {
  const { values, positionals } = readArguments(args, {
    admin: { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  none(positionals);
  const access = { url: adminUrl(values.admin), token: io.env['LANDFALL_ADMIN_TOKEN'] };
  const read = await askJson(access, 'nodes', isView);
  if (read.kind === 'unreadable') {
    io.err(`landfall nodes: ${read.why}`);
    return EXIT.failed;
  }
  const { body } = read;
  if (values.json) io.out(JSON.stringify(body));
  else for (const line of nodeLines(body, io.colours ? coloured : plain)) io.out(line);
  return EXIT.ok;
}

function isView(body: unknown): body is NodesView {
  return typeof body === 'object' && body !== null && 'peers' in body && Array.isArray(body.peers);
}

const COLUMNS = ['site', 'number', 'link', 'rtt', 'epoch', 'version'];

export function nodeLines({ own, peers, claims, strays }: NodesView, paint: Paint): string[] {
  const here = {
    cells: [own.site, `${own.number}`, 'this site', '-', `${own.epoch}`, '-'],
    isUp: true,
  };
  const rows = peers.map(({ site, number, link }) => ({
    isUp: link !== undefined,
    cells: [
      site,
      `${number}`,
      link === undefined ? 'down' : 'up',
      link?.rttMs === undefined ? '-' : `${link.rttMs.toFixed(1)} ms`,
      link === undefined ? '-' : `${link.epoch}`,
      link === undefined ? '-' : `${link.version}`,
    ],
  }));
  const lines = [table(COLUMNS, [here, ...rows], paint)];
  if (peers.length === 0) return [...lines, 'no peers: this site knows of no other'];
  const seen = Object.entries(strays).map(([verdict, count]) => `${count} ${verdict}`);
  return [
    ...lines,
    `claims: ${claims.owned} of its own, ${claims.held} held for others, ${claims.buried} cancelled early`,
    `strays: ${seen.length === 0 ? 'none yet' : seen.join(', ')}`,
  ];
}
