import { constants, setPriority } from 'node:os';

/** What only computes leaves the processors to what measures time beside it. */
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
