import { type UnixMs, unixMs } from '../../base/brands.ts';
import type { LegMedia, Side } from '../../ports/media-anchor.ts';
import { fieldsOf, type NgFields } from './ng-message.ts';

/** What rtpengine counted of the RTP that came from each leg. */
export function readStatistics(
  reply: NgFields,
  parties: Readonly<Record<Side, string>>,
): Readonly<Record<Side, LegMedia>> {
  const tags = fieldsOf(reply['tags']) ?? {};
  const reports = fieldsOf(reply['SSRC']) ?? {};
  return { a: legMedia(tags[parties.a], reports), b: legMedia(tags[parties.b], reports) };
}

function legMedia(party: unknown, reports: NgFields): LegMedia {
  const streams = listIn(party, 'medias')
    .flatMap((media) => listIn(media, 'streams'))
    .filter((stream) => listIn(stream, 'flags').includes('RTP'));
  const heard = streams.map(countsOf);
  const reported = heard
    .map(({ ssrc }) => fieldsOf(reports[`${ssrc}`]))
    .filter((report) => report !== undefined);
  return {
    packets: sum(heard.map(({ packets }) => packets)),
    octets: sum(heard.map(({ octets }) => octets)),
    lastAt: latest(heard.flatMap(({ lastAt, packets }) => (packets > 0 ? lastAt : []))),
    lost: worst(reported.map((report) => numberIn(report, 'cumulative loss'))),
    jitterMs: worst(reported.map((report) => averageIn(report, 'jitter'))),
    mos: leastMos(reported.map((report) => averageIn(report, 'MOS'))),
  };
}

function countsOf(of: unknown) {
  const stream = fieldsOf(of) ?? {};
  const stats = fieldsOf(stream['stats']) ?? {};
  return {
    packets: numberIn(stats, 'packets') ?? 0,
    octets: numberIn(stats, 'bytes') ?? 0,
    lastAt: unixMs(1000 * (numberIn(stream, 'last packet') ?? 0)),
    ssrc: numberIn(stream, 'SSRC'),
  };
}

function averageIn(report: NgFields, field: string): number | undefined {
  return numberIn(fieldsOf(report['average MOS']) ?? {}, field);
}

/** rtpengine counts it in tenths, and 0 is that it knows of none. */
function leastMos(tenths: readonly (number | undefined)[]): number | undefined {
  const known = tenths.filter((value) => value !== undefined).filter((value) => value > 0);
  return known.length === 0 ? undefined : Math.min(...known) / 10;
}

function worst(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function latest(moments: readonly UnixMs[]): UnixMs | undefined {
  return moments.length === 0 ? undefined : unixMs(Math.max(...moments));
}

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);

function numberIn(fields: NgFields, name: string): number | undefined {
  const value = fields[name];
  return typeof value === 'number' ? value : undefined;
}

function listIn(value: unknown, name: string): readonly unknown[] {
  const list = fieldsOf(value)?.[name];
  return Array.isArray(list) ? list : [];
}
