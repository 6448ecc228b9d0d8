import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { logsManual } from '../lib/observe/manual/write-manual.ts';
import { configDocument } from './config-doc.ts';
import { statesDocument } from './states-doc.ts';

/** The pages of docs/ that are made and not written. */
const PAGES: Readonly<Record<string, () => string>> = {
  'CONFIG.md': configDocument,
  'LOGS.md': logsManual,
  'STATES.md': statesDocument,
};

for (const [name, page] of Object.entries(PAGES)) {
  writeFileSync(path.join(import.meta.dirname, '..', 'docs', name), page());
}
