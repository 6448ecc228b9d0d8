/** Samples a second, of every file and every channel here. */
export const RATE = 8000;
const HEADER_BYTES = 44;
const PCM = 1;

/** The samples of a RIFF file of 16-bit PCM, mono, 8 kHz; text: why it is none. */
export function readWav(file: Buffer): Int16Array | string {
  if (file.toString('latin1', 0, 4) !== 'RIFF') return 'no RIFF';
  if (file.toString('latin1', 8, 12) !== 'WAVE') return 'no WAVE';
  let isReadable = false;
  for (let at = 12; at + 8 <= file.length; ) {
    const name = file.toString('latin1', at, at + 4);
    const bytes = Math.min(file.readUInt32LE(at + 4), file.length - at - 8);
    const chunk = file.subarray(at + 8, at + 8 + bytes);
    if (name === 'fmt ') isReadable = isMonoPcm(chunk);
    if (name === 'data') return isReadable ? samplesOf(chunk) : 'not 16-bit PCM, mono, 8 kHz';
    at += 8 + bytes + (bytes % 2);
  }
  return 'no data';
}

function isMonoPcm(chunk: Buffer): boolean {
  if (chunk.length < 16) return false;
  const isPcm = chunk.readUInt16LE(0) === PCM && chunk.readUInt16LE(14) === 16;
  return isPcm && chunk.readUInt16LE(2) === 1 && chunk.readUInt32LE(4) === RATE;
}

function samplesOf(chunk: Buffer): Int16Array {
  const samples = new Int16Array(Math.floor(chunk.length / 2));
  for (let at = 0; at < samples.length; at += 1) samples[at] = chunk.readInt16LE(2 * at);
  return samples;
}

export function writeWav(samples: Int16Array): Buffer {
  const file = Buffer.alloc(HEADER_BYTES + 2 * samples.length);
  file.write('RIFF', 0);
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(PCM, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(RATE, 24);
  file.writeUInt32LE(2 * RATE, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(2 * samples.length, 40);
  samples.forEach((sample, at) => void file.writeInt16LE(sample, HEADER_BYTES + 2 * at));
  return file;
}
