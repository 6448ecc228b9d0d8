import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { logsManual } from '../lib/observe/manual/write-manual.ts';

writeFileSync(join(import.meta.dirname, '..', 'docs', 'LOGS.md'), logsManual());
