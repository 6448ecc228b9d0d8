import { DRACHTIO } from './subjects/drachtio.ts';
import { holdsToThePort } from './suite.ts';

holdsToThePort(DRACHTIO);
