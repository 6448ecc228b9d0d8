import { REL100 } from './rel100.ts';

/** The option tags of the extensions that are built. [3261-20.37] */
export const BUILT: readonly string[] = [REL100];

export function isBuilt(tag: string): boolean {
  return BUILT.includes(tag.toLowerCase());
}
