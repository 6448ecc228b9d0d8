import { createSocket } from 'node:dgram';
import type { Octets } from '../../lib/base/brands.ts';
import { octetsOf } from '../../lib/base/brands.ts';
import { type Address, writeAddress } from '../../lib/sip/address.ts';

const EVERY_MS = 5;
const OCTETS = 160;

/** A phone's half of a talk: it sends RTP and counts what comes. */
export type RtpPeer = {
  readonly at: Address;
  /** Sends so many packets of G.711 to where an SDP says. */
  speak(toldSdp: string, packets: number, everyMs?: number): Promise<void>;
  /** How many have come since this was last asked, from each place. */
  heard(): ReadonlyMap<string, number>;
  close(): void;
};

export async function openRtpPeer(address: string): Promise<RtpPeer> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => {
    socket.bind(0, address, resolve);
  });
  let counts = new Map<string, number>();
  let sequence = 0;
  const ssrc = socket.address().port;
  socket.on('message', (_, from) => {
    const place = writeAddress(from);
    counts.set(place, (counts.get(place) ?? 0) + 1);
  });
  return {
    at: { address, port: socket.address().port },
    async speak(toldSdp, packets, everyMs = EVERY_MS) {
      const { port, address: to } = audioOf(toldSdp);
      for (let sent = 0; sent < packets; sent += 1) {
        sequence += 1;
        socket.send(rtpPacket(sequence, ssrc), port, to);
        await new Promise((resolve) => {
          setTimeout(resolve, everyMs);
        });
      }
    },
    heard() {
      const soFar = counts;
      counts = new Map();
      return soFar;
    },
    close: () => socket.close(),
  };
}

/** Where an SDP wants its audio. */
export function audioOf(sdp: string): Address {
  const port = /^m=audio (\d+) /m.exec(sdp)?.[1];
  const audio = sdp.slice(sdp.indexOf('m=audio'));
  const address = /^c=IN IP4 (\S+)/m.exec(audio)?.[1] ?? /^c=IN IP4 (\S+)/m.exec(sdp)?.[1];
  if (port === undefined || address === undefined) throw new Error(`no audio in:\n${sdp}`);
  return { address, port: Number(port) };
}

export type SdpParts = {
  readonly at: Address;
  readonly version?: number;
  readonly profile?: string;
  readonly formats?: string;
  /** Lines below the audio. */
  readonly more?: readonly string[];
};

/** An SDP with G.711 audio at that place; octets above 127 stay what they are. */
export function sdpOf(parts: SdpParts): Octets {
  const { at, version = 1, profile = 'RTP/AVP', formats = '8 0', more = [] } = parts;
  const lines = [
    'v=0',
    `o=phone 4711 ${version} IN IP4 ${at.address}`,
    's=-',
    `c=IN IP4 ${at.address}`,
    't=0 0',
    `m=audio ${at.port} ${profile} ${formats}`,
    ...more,
  ];
  return octetsOf(Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1'));
}

function rtpPacket(sequence: number, ssrc: number): Buffer {
  const packet = Buffer.alloc(12 + OCTETS, 0xd5);
  packet[0] = 0x80;
  packet[1] = 8;
  packet.writeUInt16BE(sequence & 0xffff, 2);
  packet.writeUInt32BE((sequence * OCTETS) >>> 0, 4);
  packet.writeUInt32BE(ssrc, 8);
  return packet;
}
