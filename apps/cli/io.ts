/** What a command may touch of the terminal and of what surrounds it. */
export type Io = {
  /** Prints a line, or several, on standard output; the line end is added. */
  readonly out: (text: string) => void;
  /** Prints a line, or several, on standard error; the line end is added. */
  readonly err: (text: string) => void;
  /** Whether standard output is a terminal that shows colours. */
  readonly colours: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** 0: done. 1: the command could not do it. 2: it was called wrongly. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Lines are wanted in plain ASCII only where the locale says so. */
export function isAsciiOnly({ env }: Io): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || 'C.UTF-8';
  return !/utf-?8/i.test(locale);
}
