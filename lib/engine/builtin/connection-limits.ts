/** What connections may cost, and how long they are kept. */
export type ConnectionLimits = {
  readonly connectMs: number;
  /** That came in. */
  readonly connectionsMax: number;
  readonly connectionsPerSourceMax: number;
  /** One of TLS counts as several. */
  readonly acceptsPerSecMax: number;
  readonly acceptsPerSecPerSourceMax: number;
  /** That came in and have said nothing whole yet; beyond it the longest silent give way. */
  readonly newcomersMax: number;
  readonly newcomersPerSourceMax: number;
  /** That we opened; one half is for gateways alone. */
  readonly outgoingMax: number;
  /** What may wait for one slow reader. */
  readonly waitingBytesMax: number;
  /** What may wait for all of them together; beyond it who has not read for longest is cut off. */
  readonly waitingBytesInAllMax: number;
  /** What halves of messages may take together; the oldest give way. */
  readonly halvesBytesMax: number;
  /** How long one that came in and has said nothing yet is kept. */
  readonly firstWordMs: number;
  /** How long a message may take to come whole. */
  readonly messageMs: number;
  /** How long one that nothing uses is kept without a message. */
  readonly idleMs: number;
  /** How old one that nothing uses may become. */
  readonly ageMs: number;
  /** The silence after which a ping goes out; a fifth more or less, so that they do not meet. */
  readonly pingMs: number;
  /** How long one that has answered pings before may take to answer the next. */
  readonly pongMs: number;
  readonly sweepMs: number;
};

export const CONNECTION_LIMITS: ConnectionLimits = {
  connectMs: 2000,
  connectionsMax: 15_000,
  connectionsPerSourceMax: 2000,
  acceptsPerSecMax: 2000,
  acceptsPerSecPerSourceMax: 1000,
  newcomersMax: 5000,
  newcomersPerSourceMax: 500,
  outgoingMax: 2000,
  waitingBytesMax: 512 * 1024,
  waitingBytesInAllMax: 64 * 1024 * 1024,
  halvesBytesMax: 64 * 1024 * 1024,
  firstWordMs: 60_000,
  messageMs: 30_000,
  idleMs: 600_000,
  ageMs: 24 * 3_600_000,
  pingMs: 90_000,
  pongMs: 10_000,
  sweepMs: 5000,
};
