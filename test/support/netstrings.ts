/** Takes a stream of `LENGTH:TEXT,` apart; what is not whole yet waits for its rest. */
export function netstringReader(): (chunk: Buffer) => string[] {
  let pending = Buffer.alloc(0);
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    const texts: string[] = [];
    for (;;) {
      const colon = pending.indexOf(':');
      if (colon < 0) return texts;
      const length = Number(pending.toString('latin1', 0, colon));
      if (!Number.isSafeInteger(length)) throw new Error('no netstring');
      const end = colon + 1 + length;
      if (pending.length <= end) return texts;
      texts.push(pending.toString('utf8', colon + 1, end));
      pending = pending.subarray(end + 1);
    }
  };
}

export function netstring(text: string): Buffer {
  return Buffer.from(`${Buffer.byteLength(text)}:${text},`);
}
