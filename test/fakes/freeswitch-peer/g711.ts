/** The two laws of G.711, and the payload types that RTP has for them. */
export type Law = 'PCMU' | 'PCMA';

export const PAYLOAD_TYPE: Readonly<Record<Law, number>> = { PCMU: 0, PCMA: 8 };

const BIAS = 0x84;
const CLIP = 32_635;

/** One octet a sample of 16 bits. */
export function encode(law: Law, samples: Int16Array): Buffer {
  const octets = Buffer.alloc(samples.length);
  const toOctet = law === 'PCMU' ? toMu : toA;
  for (let at = 0; at < samples.length; at += 1) octets[at] = toOctet(samples[at] ?? 0);
  return octets;
}

export function decode(law: Law, octets: Buffer): Int16Array {
  const table = law === 'PCMU' ? FROM_MU : FROM_A;
  return Int16Array.from(octets, (octet) => table[octet] ?? 0);
}

function toMu(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const size = Math.min(Math.abs(sample), CLIP) + BIAS;
  const exponent = Math.max(0, Math.floor(Math.log2(size)) - 7);
  const mantissa = (size >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}

function fromMu(octet: number): number {
  const bits = ~octet & 0xff;
  const exponent = (bits >> 4) & 0x07;
  const size = (((bits & 0x0f) << 3) + BIAS) << exponent;
  return (bits & 0x80) === 0 ? size - BIAS : BIAS - size;
}

function toA(sample: number): number {
  const sign = sample >= 0 ? 0x80 : 0;
  const size = Math.min(sample >= 0 ? sample : -sample - 1, 32_767) >> 4;
  const exponent = size < 16 ? 0 : Math.floor(Math.log2(size)) - 3;
  const mantissa = (size >> Math.max(0, exponent - 1)) & 0x0f;
  return (sign | (exponent << 4) | mantissa) ^ 0x55;
}

function fromA(octet: number): number {
  const bits = octet ^ 0x55;
  const exponent = (bits >> 4) & 0x07;
  const mantissa = (bits & 0x0f) << 4;
  const size = exponent === 0 ? mantissa + 8 : (mantissa + 0x108) << (exponent - 1);
  return (bits & 0x80) === 0 ? -size : size;
}

const OCTETS = Array.from({ length: 256 }, (_, octet) => octet);
const FROM_MU = Int16Array.from(OCTETS, fromMu);
const FROM_A = Int16Array.from(OCTETS, fromA);
