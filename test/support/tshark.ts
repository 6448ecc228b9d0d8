import { createSocket } from 'node:dgram';
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Address } from '../../lib/sip/address.ts';
import { runChild, startChild } from './child.ts';
import { until } from './until.ts';

const LIFE_MS = 180_000;
/** Nobody listens there; the filter of a capture lets it pass. */
const MARK: Address = { address: '127.0.0.1', port: 9 };
const TAIL_BYTES = 256 * 1024;
let marks = 0;

/** One SIP message as it crossed the loopback interface. */
export type SipPacket = {
  readonly from: string;
  readonly to: string;
  /** Empty in a response. */
  readonly method: string;
  readonly uri: string;
  /** 0 in a request. */
  readonly status: number;
  readonly callId: string;
  readonly cseq: string;
  /** Of the topmost Via. */
  readonly branch: string;
  readonly contact: string;
  readonly toTag: string;
};

export type Capture = {
  /** Stops it and reads what crossed until now, in its order. */
  stop(): Promise<readonly SipPacket[]>;
};

/**
 * Captures SIP on the loopback interface, on these ports alone; what crosses from now on is in it.
 */
export async function startCapture(
  folder: string,
  ports: readonly number[],
  filter = ports.map((port) => `udp port ${port}`).join(' or '),
): Promise<Capture> {
  const file = join(folder, `capture-${marks}.pcapng`);
  const passes = `(${filter}) or (udp port ${MARK.port})`;
  const args = ['-i', 'lo', '-f', passes, '-B', '32', '-q', '-w', file];
  const dumpcap = startChild('dumpcap', args, { lifeMs: LIFE_MS });
  const stillRuns = () => {
    if (dumpcap.isOver()) throw new Error(`dumpcap ended:\n${dumpcap.output()}`);
  };
  await mark(file, stillRuns);
  return {
    async stop() {
      await mark(file, stillRuns);
      dumpcap.signal('SIGINT');
      await dumpcap.ended;
      const lost = /dropped on interface .*: \d+\/(\d+)/.exec(dumpcap.output())?.[1];
      if (lost !== '0') throw new Error(`the capture lost packets:\n${dumpcap.output()}`);
      return readPackets(file, ports);
    },
  };
}

/** Sends a datagram until it stands in the file: all that crossed before it stands there too. */
async function mark(file: string, stillRuns: () => void): Promise<void> {
  marks += 1;
  const text = `landfall-mark-${process.pid}-${marks}`;
  const socket = createSocket('udp4');
  try {
    await until(`the mark in ${file}`, () => {
      stillRuns();
      socket.send(text, MARK.port, MARK.address);
      return existsSync(file) && endOf(file).includes(text);
    });
  } finally {
    await new Promise<void>((resolve) => socket.close(resolve));
  }
}

function endOf(file: string): Buffer {
  const handle = openSync(file, 'r');
  const { size } = fstatSync(handle);
  const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
  readSync(handle, tail, 0, tail.length, size - tail.length);
  closeSync(handle);
  return tail;
}

const FIELDS = [
  'ip.src',
  'udp.srcport',
  'ip.dst',
  'udp.dstport',
  'sip.Method',
  'sip.r-uri',
  'sip.Status-Code',
  'sip.Call-ID',
  'sip.CSeq',
  'sip.Via.branch',
  'sip.contact.uri',
  'sip.to.tag',
];

async function readPackets(file: string, ports: readonly number[]): Promise<SipPacket[]> {
  const args = ['-r', file, '-Y', 'sip', '-T', 'fields', '-E', 'occurrence=f'];
  for (const port of ports) args.push('-d', `udp.port==${port},sip`);
  for (const field of FIELDS) args.push('-e', field);
  const output = await runChild('tshark', args, 60_000);
  return output
    .split('\n')
    .filter((line) => line.includes('\t'))
    .map(readPacket);
}

function readPacket(line: string): SipPacket {
  const [source, sourcePort, target, targetPort, method, uri, status, ...rest] = line.split('\t');
  const [callId = '', cseq = '', branch = '', contact = '', toTag = ''] = rest;
  return {
    from: `${source}:${sourcePort}`,
    to: `${target}:${targetPort}`,
    method: method ?? '',
    uri: uri ?? '',
    status: Number(status ?? 0),
    callId,
    cseq,
    branch,
    contact,
    toTag,
  };
}
