import type { Namespace } from './namespace.ts';

/** Packets of RTP that came from one place, all of one length with the UDP header. */
export type Heard = {
  readonly from: string;
  readonly udpBytes: number;
  readonly packets: number;
};

/** The kernel's count of the RTP with G.711 in it that a network takes in. */
export type RtpCounter = { heard(): Promise<readonly Heard[]> };

/** RTP of version 2 with payload type 8, protected or not; RTCP and STUN are neither. */
const IS_PCMA = '@th,64,2 2 @th,73,7 8';

export async function countRtp(network: Namespace): Promise<RtpCounter> {
  const rules = [
    // One that is there already is forgotten.
    'add table ip rtp',
    'delete table ip rtp',
    'add table ip rtp',
    'add set ip rtp heard { typeof ip saddr . udp length; size 64; flags dynamic; counter; }',
    'add chain ip rtp arriving { type filter hook input priority 0; }',
    `add rule ip rtp arriving meta l4proto udp ${IS_PCMA} update @heard { ip saddr . udp length }`,
  ];
  await network.run('nft', rules.join('; '));
  return {
    async heard() {
      const listed = JSON.parse(
        await network.run('nft', '-j', 'list', 'set', 'ip', 'rtp', 'heard'),
      );
      const { nftables }: { nftables: readonly { readonly set?: Counted }[] } = listed;
      return nftables.flatMap(({ set }) => set?.elem ?? []).map(heardIn);
    },
  };
}

type Counted = { readonly elem?: readonly Element[] };
type Element = {
  readonly elem: {
    readonly val: { readonly concat: readonly [string, number] };
    readonly counter: { readonly packets: number };
  };
};

function heardIn({ elem: { val, counter } }: Element): Heard {
  const [from, udpBytes] = val.concat;
  return { from, udpBytes, packets: counter.packets };
}
