import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
/** The project, and any build of it. */
export const ROOT = path.resolve(here, '../../..');

/** A program as it was built. */
export const distFile = (file: string, root = ROOT) => path.join(root, 'dist/apps', file);
/** What is not built: scripts, texts. */
export const sourceFile = (file: string) => path.join(ROOT, 'apps/lab', file);
