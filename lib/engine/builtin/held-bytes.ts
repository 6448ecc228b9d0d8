import type { Connection } from './connection.ts';

/** Bytes that all connections together keep waiting. */
export type HeldBytes = {
  /** Those of this one may have changed. Answers who gives way, the longest there first. */
  look(connection: Connection): readonly Connection[];
  forget(connection: Connection): void;
  clear(): void;
};

/**
 * A little of each of thousands is much: halves of their messages, or ours that they do not read.
 * What has drained meanwhile is seen when it would be given up.
 */
export function heldBytes(
  bytesMax: number,
  bytesOf: (connection: Connection) => number,
): HeldBytes {
  const held = new Map<Connection, number>();
  let total = 0;

  const forget = (connection: Connection) => {
    total -= held.get(connection) ?? 0;
    held.delete(connection);
  };
  const weigh = (connection: Connection) => {
    const bytes = bytesOf(connection);
    total += bytes - (held.get(connection) ?? 0);
    if (bytes === 0) held.delete(connection);
    else held.set(connection, bytes);
  };

  return {
    look(connection) {
      weigh(connection);
      const surplus: Connection[] = [];
      for (const one of held.keys()) {
        if (total <= bytesMax) break;
        weigh(one);
        if (total <= bytesMax) break;
        if (held.has(one)) surplus.push(one);
        forget(one);
      }
      return surplus;
    },
    forget,
    clear() {
      held.clear();
      total = 0;
    },
  };
}
