import { header } from './header-names.ts';
import { listValues } from './headers.ts';
import type { Header } from './message.ts';

/** Provisional responses that are said until they are acknowledged. */
export const REL100 = '100rel';

/** INVITEs that take the place of another one's dialog; only gateways of some groups may. */
const REPLACES = 'replaces';

/** The extensions that are built here. */
const BUILT = [REL100, 'timer'];

/** What our side of any leg supports. [3261-20.37] */
export const SUPPORTED = header('Supported', BUILT.join(', '));

/** Likewise in an INVITE: not all of it is wanted, or more. */
export function supportedIn(leg: {
  /** Whether its provisional responses may be reliable. Absent: no. */
  readonly mayRingReliably?: boolean | undefined;
  /** Whether the INVITE of another one may take its place. Absent: no. */
  readonly mayBeReplaced?: boolean | undefined;
}): Header {
  const rings = leg.mayRingReliably === true ? BUILT : BUILT.filter((one) => one !== REL100);
  const tags = leg.mayBeReplaced === true ? [...rings, REPLACES] : rings;
  return header('Supported', tags.join(', '));
}

/** Whether the sender of a message supports an extension. */
export function supports(headers: readonly Header[], tag: string): boolean {
  return names(headers, 'supported', tag);
}

/** Whether it requires one. */
export function requires(headers: readonly Header[], tag: string): boolean {
  return names(headers, 'require', tag);
}

function names(headers: readonly Header[], field: string, tag: string): boolean {
  return listValues(headers, field).some((one) => one.toLowerCase() === tag);
}

/** The extensions that a request requires and that are not built here. [3261-8.2.2.3] */
export function unknownTags(headers: readonly Header[]): string[] {
  return listValues(headers, 'require').filter((tag) => !BUILT.includes(tag.toLowerCase()));
}
