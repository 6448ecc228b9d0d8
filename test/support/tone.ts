const RATE = 8000;
const HEADER_BYTES = 44;
const AMPLITUDE = 8000;
/** What one look at a recording takes in: 50 ms. */
const BLOCK = RATE / 20;
/** Below that it is silence. */
const LOUDNESS_MIN = AMPLITUDE / 20;

/** A WAV file with one tone in it, as loud as speech. */
export function toneFile(hz: number, seconds: number): Buffer {
  const count = RATE * seconds;
  const file = Buffer.alloc(HEADER_BYTES + 2 * count);
  file.write('RIFF', 0);
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(RATE, 24);
  file.writeUInt32LE(2 * RATE, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(2 * count, 40);
  for (let at = 0; at < count; at += 1) {
    const sample = AMPLITUDE * Math.sin((2 * Math.PI * hz * at) / RATE);
    file.writeInt16LE(Math.round(sample), HEADER_BYTES + 2 * at);
  }
  return file;
}

/** For how many seconds that tone is nearly all that there is in a WAV file of that kind. */
export function secondsOfTone(file: Buffer, hz: number): number {
  const count = Math.floor((file.length - HEADER_BYTES) / 2);
  const samples = Array.from({ length: count }, (_, at) => file.readInt16LE(HEADER_BYTES + 2 * at));
  let blocks = 0;
  for (let at = 0; at + BLOCK <= count; at += BLOCK)
    if (isTone(samples.slice(at, at + BLOCK), hz)) blocks += 1;
  return (blocks * BLOCK) / RATE;
}

/** Goertzel's algorithm, which looks at one frequency alone. */
function isTone(samples: readonly number[], hz: number): boolean {
  const turn = 2 * Math.cos((2 * Math.PI * hz) / RATE);
  let last = 0;
  let before = 0;
  let energy = 0;
  for (const sample of samples) {
    [last, before] = [sample + turn * last - before, last];
    energy += sample * sample;
  }
  const power = last * last + before * before - turn * last * before;
  const ofTone = (2 * power) / samples.length;
  return energy > samples.length * LOUDNESS_MIN ** 2 && ofTone > 0.8 * energy;
}
