import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { Address } from '../../../lib/sip/address.ts';
import { decode, encode, type Law, PAYLOAD_TYPE } from './g711.ts';
import type { Direction } from './sdp.ts';
import { RATE } from './wav.ts';

/** What one packet of 20 ms holds. */
export const FRAME_SAMPLES = 160;
const HEADER_BYTES = 12;
/** A pause of two packets and the next one begins a spurt of talk. */
const SPURT_MS = 50;
const DIGITS = '0123456789*#ABCD';

/** Where a channel sends to and how; what the last offer and answer said. */
export type MediaFlow = {
  readonly to: Address;
  readonly law: Law;
  readonly eventType: number | undefined;
  /** As this side sees it. */
  readonly direction: Direction;
};

export type MediaEars = {
  /** Of the law that was agreed on; other packets are dropped, as FreeSWITCH does. */
  onFrame(samples: Int16Array): void;
  /** A packet of RFC 4733, which a bridge passes on. */
  onEvent(payload: Buffer, isFirst: boolean): void;
  /** Once a press. */
  onDigit(digit: string, durationSamples: number): void;
};

export type MediaCounts = { inPackets: number; outPackets: number; inBytes: number };

export type MediaPort = {
  readonly at: Address;
  readonly counts: Readonly<MediaCounts>;
  readonly flow: MediaFlow | undefined;
  follow(flow: MediaFlow): void;
  /** Sends nothing where the flow has no receiver. */
  sendFrame(samples: Int16Array): void;
  sendEvent(payload: Buffer, isFirst: boolean): void;
  close(): void;
};

/** The RTP socket of a channel, on a port that the system chooses. */
export async function openMediaPort(address: string, ears: MediaEars): Promise<MediaPort> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, address, resolve);
  });
  const { port } = socket.address();
  const counts: MediaCounts = { inPackets: 0, outPackets: 0, inBytes: 0 };
  const ssrc = randomBytes(4).readUInt32BE();
  let isOpen = true;
  let flow: MediaFlow | undefined;
  let sequence = randomBytes(2).readUInt16BE();
  let timestamp = randomBytes(4).readUInt32BE();
  let lastSent = Number.NEGATIVE_INFINITY;
  const readPress = pressReader();

  socket.on('error', () => undefined);
  socket.on('message', (packet) => {
    if (packet.length <= HEADER_BYTES || (packet[0] ?? 0) >> 6 !== 2) return;
    if (flow === undefined || !hears(flow.direction)) return;
    const payload = packet.subarray(HEADER_BYTES + 4 * ((packet[0] ?? 0) & 0x0f));
    const type = (packet[1] ?? 0) & 0x7f;
    counts.inPackets += 1;
    counts.inBytes += packet.length;
    if (type === flow.eventType) {
      ears.onEvent(payload, (packet[1] ?? 0) > 0x7f);
      const press = readPress(payload, packet.readUInt32BE(4));
      if (press !== undefined) ears.onDigit(press.digit, press.durationSamples);
    } else if (type === PAYLOAD_TYPE[flow.law]) ears.onFrame(decode(flow.law, payload));
  });

  function send(type: number, payload: Buffer, marker: boolean): void {
    if (!isOpen || flow === undefined || !speaks(flow)) return;
    sequence = (sequence + 1) & 0xffff;
    const header = headerOf(type, marker, sequence, timestamp, ssrc);
    counts.outPackets += 1;
    socket.send(Buffer.concat([header, payload]), flow.to.port, flow.to.address, () => undefined);
  }

  return {
    at: { address, port },
    counts,
    get flow() {
      return flow;
    },
    follow(next) {
      flow = next;
    },
    sendFrame(samples) {
      if (flow === undefined) return;
      const pauseMs = performance.now() - lastSent;
      const isSpurt = pauseMs > SPURT_MS;
      const silent = isSpurt && Number.isFinite(pauseMs) ? Math.round((pauseMs * RATE) / 1000) : 0;
      timestamp = (timestamp + Math.max(samples.length, silent)) >>> 0;
      lastSent = performance.now();
      send(PAYLOAD_TYPE[flow.law], encode(flow.law, samples), isSpurt);
    },
    sendEvent(payload, isFirst) {
      if (flow?.eventType !== undefined) send(flow.eventType, payload, isFirst);
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      socket.close();
    },
  };
}

function headerOf(
  type: number,
  marker: boolean,
  sequence: number,
  timestamp: number,
  ssrc: number,
): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header[0] = 0x80;
  header[1] = type | (marker ? 0x80 : 0);
  header.writeUInt16BE(sequence, 2);
  header.writeUInt32BE(timestamp, 4);
  header.writeUInt32BE(ssrc, 8);
  return header;
}

const hears = (direction: Direction) => direction === 'sendrecv' || direction === 'recvonly';

function speaks({ direction, to }: MediaFlow): boolean {
  if (direction !== 'sendrecv' && direction !== 'sendonly') return false;
  return to.port !== 0 && to.address !== '0.0.0.0';
}

type Press = { readonly digit: string; readonly durationSamples: number };

/** The end of a press comes three times, all with one timestamp. */
function pressReader(): (payload: Buffer, stamp: number) => Press | undefined {
  let last: number | undefined;
  return (payload, stamp) => {
    if (payload.length < 4 || (payload[1] ?? 0) < 0x80 || stamp === last) return undefined;
    last = stamp;
    const digit = DIGITS[payload[0] ?? 0];
    return digit === undefined ? undefined : { digit, durationSamples: payload.readUInt16BE(2) };
  };
}
