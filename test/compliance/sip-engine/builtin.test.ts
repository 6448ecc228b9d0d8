import { BUILTIN } from './subjects/builtin.ts';
import { holdsToThePort } from './suite.ts';

holdsToThePort(BUILTIN);
