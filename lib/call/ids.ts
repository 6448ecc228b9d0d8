import type { Brand } from '../base/brands.ts';

/** Our name of a call, `<site>-<dialog>`: the same in every log line and on every screen. */
export type CallId = Brand<string, 'CallId'>;

export const callIdOf = (text: string): CallId => text as CallId;
