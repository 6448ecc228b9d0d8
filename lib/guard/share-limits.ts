/** What one source may take of the site. Absent: what the site has. */
export type ShareLimits = {
  readonly callsPerSecMax?: number | undefined;
  readonly callsMax?: number | undefined;
};
