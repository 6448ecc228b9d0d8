import { once } from 'node:events';
import { connect } from 'node:net';
import type { Address } from '../../../lib/sip/address.ts';
import { until } from '../../support/until.ts';

export type Frame = { readonly words: readonly string[]; readonly sip: string };

/** An application that writes the wire by hand. */
export type RawApp = {
  /** Without a frame around it. */
  write(bytes: Buffer | string): void;
  /** Says a message in a frame, and answers the id that it bears. */
  say(payload: string): string;
  /** What the server answers to the message with that id. */
  answerTo(id: string): Promise<Frame>;
  /** What has come that answers nothing. */
  delivered(isIt: (frame: Frame) => boolean): Promise<Frame>;
  readonly frames: readonly Frame[];
  isClosed(): boolean;
  close(): void;
};

let said = 0;

export async function openRawApp({ address, port }: Address): Promise<RawApp> {
  const socket = connect({ host: address, port, noDelay: true });
  const frames: Frame[] = [];
  let kept: Buffer = Buffer.alloc(0);
  let isClosed = false;
  socket.on('data', (bytes: Buffer) => {
    kept = Buffer.concat([kept, bytes]);
    for (;;) {
      const sharp = kept.indexOf('#');
      const end = sharp + 1 + Number(kept.toString('latin1', 0, sharp));
      if (sharp < 0 || kept.length < end) return;
      frames.push(readFrame(kept.toString('latin1', sharp + 1, end)));
      kept = kept.subarray(end);
    }
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    isClosed = true;
  });
  await once(socket, 'connect');
  return {
    frames,
    write: (bytes) => void socket.write(bytes),
    say(payload) {
      said += 1;
      const text = Buffer.from(`m${said}|${payload}`, 'latin1');
      socket.write(Buffer.concat([Buffer.from(`${text.length}#`), text]));
      return `m${said}`;
    },
    answerTo: (id) =>
      until(`an answer to ${id}`, () =>
        frames.find(({ words }) => words[1] === 'response' && words[2] === id),
      ),
    delivered: (isIt) =>
      until('a message of the server', () =>
        frames.find((frame) => frame.words[1] === 'sip' && isIt(frame)),
      ),
    isClosed: () => isClosed,
    close: () => socket.destroy(),
  };
}

function readFrame(text: string): Frame {
  const [first = ''] = text.split('\r\n', 1);
  return { words: first.split('|'), sip: text.slice(first.length + 2) };
}
