/** How links behave; the defaults are what a site runs with. */
export type LinkSettings = {
  readonly beatEveryMs: number;
  /** A link that brings nothing for so long is down. */
  readonly downAfterMs: number;
  /** How long the far end may take to say who it is. */
  readonly helloMs: number;
  readonly redialMsMin: number;
  readonly redialMsMax: number;
  /** Who has the higher number leaves the first try to the other for so long. */
  readonly courtesyMs: number;
  /** What may wait on one link to leave; beyond it everything but beats is shed. */
  readonly queueBytesMax: number;
  /** Questions that are out to one site. */
  readonly asksMax: number;
};

export const LINK_SETTINGS: LinkSettings = {
  beatEveryMs: 250,
  // A lost segment is said again after 200 ms and a way there; two in a row are no dead site.
  downAfterMs: 1250,
  helloMs: 3000,
  redialMsMin: 250,
  redialMsMax: 5000,
  courtesyMs: 500,
  queueBytesMax: 4 * 1024 * 1024,
  asksMax: 20_000,
};
