const LOST = /^landfall_log_lost_total\{file="([a-z]+)"\} (\d+)$/gm;

/** What the metrics of a node say about lines that it could not write; undefined: none is lost. */
export function lossOf(metrics: string): string | undefined {
  const lost = [...metrics.matchAll(LOST)].filter(([, , lines]) => Number(lines) > 0);
  if (lost.length === 0) return undefined;
  const parts = lost.map(([, file, lines]) => `${lines} of the ${file}`);
  return `lines that could not be written since this node began: ${parts.join(', ')}`;
}
