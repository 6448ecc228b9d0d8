import { type LoadedConfig, type LoadRequest, loadConfig } from '../../../config/load.ts';
import type { Problem } from '../../../config/problems.ts';
import type { SiteConfig } from '../../../config/site-config.ts';

/** A small valid site; a test changes the lines it is about. */
export const SITE = `site: sto
siteNumber: 1
listen:
  anycast: [{ transport: udp, address: 192.0.2.112, port: 5060 }]
  unicast: [{ transport: udp, address: 198.51.100.11, port: 5060 }]
  gateway: [{ transport: udp, address: 10.0.0.11, port: 5060 }]
gateways:
  - { name: psap-a, uri: "sip:10.0.1.31:5060", priority: 1 }
  - { name: psap-b, uri: "sip:10.0.1.32", priority: 2 }
groups:
  - { name: psap, gateways: [psap-a, psap-b], emergency: true }
  - { name: office, gateways: [psap-b] }
routes:
  - { match: { urn: "urn:service:sos" }, group: psap }
trunks:
  - { name: carrier-x, source: ["203.0.113.0/24"] }
`;

export function load(text: string, more: Partial<LoadRequest> = {}): LoadedConfig {
  return loadConfig({ text, env: {}, overrides: {}, readFile: unreadable, ...more });
}

export function configOf(text: string, more: Partial<LoadRequest> = {}): SiteConfig {
  const loaded = load(text, more);
  if (loaded.kind === 'invalid') throw new Error(JSON.stringify(loaded.problems, null, 1));
  return loaded.config;
}

export function problemsOf(text: string, more: Partial<LoadRequest> = {}): readonly Problem[] {
  const loaded = load(text, more);
  return loaded.kind === 'invalid' ? loaded.problems : [];
}

/** The site with one line replaced; fails when the line is not there. */
export function siteWith(line: string, instead: string): string {
  if (!SITE.includes(line)) throw new Error(`no ${line} in the sample`);
  return SITE.replace(line, instead);
}

function unreadable(path: string): string {
  throw new Error(`ENOENT: ${path}`);
}
