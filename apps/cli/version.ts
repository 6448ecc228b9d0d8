import { readFileSync } from 'node:fs';

/** The version in the package.json above this file, at whatever depth the build has put it. */
export function versionOf(moduleUrl: string): string {
  for (const above of ['../../package.json', '../../../package.json']) {
    try {
      const parsed: unknown = JSON.parse(readFileSync(new URL(above, moduleUrl), 'utf8'));
      if (typeof parsed === 'object' && parsed !== null && 'version' in parsed) {
        return String(parsed.version);
      }
    } catch {
      // Not at this depth.
    }
  }
  return 'unknown';
}
