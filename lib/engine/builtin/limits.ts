/** How much the engine holds at most, and how long it is silent. */
export type Limits = {
  /**
   * Requests outside dialogs are refused beyond it, those of calls that are up at a tenth more;
   * emergencies have a quarter more for themselves.
   */
  readonly transactionsMax: number;
  /** Of either side; emergency calls have a quarter more. */
  readonly legsMax: number;
  /** Callees that one INVITE of ours may reach by forking. */
  readonly dialogsPerLegMax: number;
  /** Requests of one far end within a dialog that wait for an answer at once. */
  readonly requestsPerDialogMax: number;
  /** After which a caller behind NAT is asked something, so that its router does not forget it. */
  readonly natKeepAliveMs: number;
  /** The session interval that is asked for where nobody else does; 0: none is. [4028-4] */
  readonly sessionExpiresSec: number;
};

export const LIMITS: Limits = {
  transactionsMax: 200_000,
  legsMax: 200_000,
  dialogsPerLegMax: 16,
  requestsPerDialogMax: 16,
  // Routers forget a UDP flow after 30 seconds of silence at the earliest.
  natKeepAliveMs: 25_000,
  sessionExpiresSec: 1800,
};

/** What the engine had to leave undone since it began. */
export type Counts = {
  /** Requests answered with 500, and calls not made, since there was no room. */
  overloads: number;
  /** Responses that answered no request of ours. */
  strayResponses: number;
  /** Datagrams that the system refused to send. */
  sendFailures: number;
  /** Answers of one INVITE beyond `dialogsPerLegMax`. */
  surplusDialogs: number;
};

export type Sizes = {
  readonly legs: number;
  readonly dialogs: number;
  readonly serverTransactions: number;
  readonly clientTransactions: number;
  readonly strays: number;
  readonly connections: number;
};
