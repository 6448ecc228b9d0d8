import { createSocket } from 'node:dgram';
import type { Octets } from '../../../lib/base/brands.ts';
import type { Address } from '../../../lib/sip/address.ts';
import { decode, encode, type Law, PAYLOAD_TYPE } from '../../fakes/freeswitch-peer/g711.ts';
import { writeWav } from '../../fakes/freeswitch-peer/wav.ts';
import { audioOf, sdpOf } from '../../support/rtp-peer.ts';
import { secondsOfTone } from '../../support/tone.ts';

const FRAME = 160;
const EVERY_MS = 20;

/** The media half of a phone that speaks one law of G.711. */
export type Ear = {
  readonly at: Address;
  readonly sdp: Octets;
  /** How many packets of its law have come since that was last forgotten. */
  readonly count: number;
  /** As `count`, and forgets it. */
  packets(): number;
  /** For how many seconds that tone was heard since this was last asked. */
  tone(hz: number): number;
  /** Sends a tone to where an SDP says. */
  hum(toldSdp: string, hz: number, seconds: number): Promise<void>;
  close(): void;
};

export async function openEar(address: string, law: Law): Promise<Ear> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => {
    socket.bind(0, address, resolve);
  });
  const at = { address, port: socket.address().port };
  let heard: Int16Array[] = [];
  socket.on('message', (packet) => {
    if (packet[0] !== 0x80 || ((packet[1] ?? 0) & 0x7f) !== PAYLOAD_TYPE[law]) return;
    heard.push(decode(law, packet.subarray(12)));
  });
  let sequence = 0;
  return {
    at,
    get count() {
      return heard.length;
    },
    sdp: sdpOf({ at, formats: String(PAYLOAD_TYPE[law]) }),
    packets() {
      const { length } = heard;
      heard = [];
      return length;
    },
    tone(hz) {
      const samples = Int16Array.from(heard.flatMap((frame) => [...frame]));
      heard = [];
      return secondsOfTone(writeWav(samples), hz);
    },
    async hum(toldSdp, hz, seconds) {
      const to = audioOf(toldSdp);
      for (let sent = 0; sent < (seconds * 1000) / EVERY_MS; sent += 1) {
        sequence += 1;
        socket.send(humming(law, sequence, hz), to.port, to.address);
        await new Promise((resolve) => {
          setTimeout(resolve, EVERY_MS);
        });
      }
    },
    close: () => socket.close(),
  };
}

function humming(law: Law, sequence: number, hz: number): Buffer {
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  header[1] = PAYLOAD_TYPE[law];
  header.writeUInt16BE(sequence & 0xffff, 2);
  header.writeUInt32BE(sequence * FRAME, 4);
  const samples = Int16Array.from({ length: FRAME }, (_, at) => {
    return 8000 * Math.sin((2 * Math.PI * hz * (sequence * FRAME + at)) / 8000);
  });
  return Buffer.concat([header, encode(law, samples)]);
}
