import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { configDocument } from './config-doc.ts';

/** The pages of docs/ that are made and not written. */
const PAGES: Readonly<Record<string, () => string>> = {
  'CONFIG.md': configDocument,
};

for (const [name, page] of Object.entries(PAGES)) {
  writeFileSync(path.join(import.meta.dirname, '..', 'docs', name), page());
}
