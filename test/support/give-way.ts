import { constants, getPriority, setPriority } from 'node:os';

/** What only computes leaves the processors to what measures time beside it. */
setPriority(Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL));
