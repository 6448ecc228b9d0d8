import type { Rng } from '../../base/time.ts';
import {
  type Branch,
  branchOf,
  type LegId,
  legId,
  MAGIC_COOKIE,
  type RequestId,
  requestId,
  type StrayId,
  strayId,
  type Tag,
  tagOf,
} from '../../sip/ids.ts';

const TAG_BYTES = 8;

/** Makes the names that the engine gives. */
export type Serials = {
  /** Unlike any other; it begins with the tag, which says whose request it is. [3261-8.1.1.7] */
  branch(tag: Tag): Branch;
  leg(): LegId;
  stray(): StrayId;
  request(): RequestId;
  /** For answers that make no dialog. [3261-19.3] */
  tag(): Tag;
};

export function serials(rng: Rng): Serials {
  let count = 0;
  const next = () => {
    count += 1;
    return count.toString(36);
  };
  return {
    branch: (tag) => branchOf(`${MAGIC_COOKIE}${tag}.${next()}`),
    leg: () => legId(`a${next()}`),
    stray: () => strayId(`s${next()}`),
    request: () => requestId(`r${next()}`),
    tag: () => tagOf(Buffer.from(rng.bytes(TAG_BYTES)).toString('hex')),
  };
}
