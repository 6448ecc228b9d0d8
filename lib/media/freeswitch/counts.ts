import type { LegMedia, Side } from '../../ports/media-anchor.ts';
import type { BridgedCall, Party } from './bridged-call.ts';

/** What FreeSWITCH counted of the RTP that came from each leg. */
export async function countsOf(
  call: BridgedCall,
): Promise<Readonly<Record<Side, LegMedia>> | undefined> {
  const { a, bridged } = call;
  const b = [...call.attempts.values()].find((one) => one.b.channel === bridged)?.b;
  if (a.channel === undefined || b?.channel === undefined) return undefined;
  const [ofA, ofB] = await Promise.all([legMedia(a), legMedia(b)]);
  return ofA === undefined || ofB === undefined ? undefined : { a: ofA, b: ofB };
}

async function legMedia({ channel }: Party): Promise<LegMedia | undefined> {
  const values = await channel?.endpoint.getChannelVariables(true);
  if (values === undefined) return undefined;
  const number = (name: string) => {
    const value = Number(values[`variable_rtp_audio_in_${name}`]);
    return Number.isFinite(value) ? value : undefined;
  };
  return {
    packets: number('media_packet_count') ?? 0,
    octets: number('media_bytes') ?? 0,
    lastAt: undefined,
    lost: number('skip_packet_count'),
    jitterMs: number('mean_interval') === undefined ? undefined : number('jitter_max_variance'),
    mos: number('mos'),
  };
}
