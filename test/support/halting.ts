/**
 * Makes a process late for real: again and again it is stopped for a while, as on a machine that
 * has given its time to somebody else. Answers what ends that.
 */
export function startHalting(pid: number, { stoppedMs, runsMs }: Rhythm): () => void {
  let timer: NodeJS.Timeout;
  const stop = () => {
    process.kill(pid, 'SIGSTOP');
    timer = setTimeout(run, stoppedMs);
  };
  const run = () => {
    process.kill(pid, 'SIGCONT');
    timer = setTimeout(stop, runsMs);
  };
  stop();
  return () => {
    clearTimeout(timer);
    process.kill(pid, 'SIGCONT');
  };
}

export type Rhythm = { readonly stoppedMs: number; readonly runsMs: number };
