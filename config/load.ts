import { whyOf } from '../lib/base/why-of.ts';
import { adminAddress, linkAddress } from './addresses.ts';
import { assemble } from './assemble.ts';
import { checkCallbacks } from './check-callbacks.ts';
import { checkCluster } from './check-cluster.ts';
import { checkListeners, checkNextHops } from './check-listeners.ts';
import { checkPlan, checkRecording, checkValues } from './check-plan.ts';
import { checkTls } from './check-tls.ts';
import { isSiteOnLoopback, readSecrets } from './keys.ts';
import { layered } from './layered.ts';
import {
  type Environment,
  environmentSettings,
  fileSettings,
  misspeltVariables,
  type Overrides,
  originFinder,
  overrideSettings,
  type Setting,
} from './layers.ts';
import { readLists } from './lists.ts';
import { inFileOrder, type Problem, problemAt, type Report } from './problems.ts';
import { leaves } from './schema.ts';
import { type Sheet, sheetOf } from './sheet.ts';
import type { SiteConfig } from './site-config.ts';
import { EMPTY_FILE, parseSiteFile, type SiteFile } from './site-file.ts';

export type LoadRequest = {
  /** The site file; absent, like `text`, where environment and arguments describe the site. */
  readonly file?: string | undefined;
  /** Its content, where it is at hand already. */
  readonly text?: string | undefined;
  readonly env: Environment;
  readonly overrides: Overrides;
  /** Reads the site file and the files of secrets; throws when it cannot. */
  readonly readFile: (path: string) => string;
};

export type ValidConfig = {
  readonly kind: 'valid';
  readonly config: SiteConfig;
  /** The same, laid out for comparing it with another one. */
  readonly sheet: Sheet;
};

export type LoadedConfig =
  | ValidConfig
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] };

/** Reads defaults < file < environment < arguments, and reports all that is wrong at once. */
export function loadConfig(request: LoadRequest): LoadedConfig {
  const content = fileContent(request);
  if (content.kind === 'unreadable') return { kind: 'invalid', problems: [content.problem] };
  const parsed = content.text === undefined ? undefined : parseSiteFile(content.text);
  if (parsed?.kind === 'broken') return { kind: 'invalid', problems: parsed.problems };
  return loadLayers(parsed?.file ?? EMPTY_FILE, request);
}

function loadLayers(file: SiteFile, request: LoadRequest): LoadedConfig {
  const problems: Problem[] = [];
  const settings = readSettings(file, request, problems);
  const spoilt = new Set<string>();
  const sound = settings.filter((setting) => {
    const found = settingProblems(setting, file);
    if (found.length > 0) spoilt.add(setting.at.path.join('.'));
    problems.push(...found);
    return found.length === 0;
  });
  const { values, assertValid } = layered(sound);
  const originOf = originFinder(sound, file);
  const report: Report = (path, finding) => problems.push(problemAt(path, originOf(path), finding));
  reportMissing(sound.map(({ at }) => at.path.join('.')).concat(...spoilt), report);
  const lists = readLists(values, (key) => spoilt.has(key), report);
  checkListeners(lists, report);
  checkNextHops(lists, values, report);
  checkPlan(lists, report);
  checkCallbacks(lists, values, report);
  checkValues(values, report);
  checkRecording(lists, values, report);
  checkCluster(values, lists, report);
  checkTls(values, lists, request.readFile, report);
  const adminHost = adminAddress(values.admin.listen)?.address ?? '';
  const linkHost = linkAddress(values.cluster.link ?? '')?.address;
  const isOnLoopback = isSiteOnLoopback(lists, [
    adminHost,
    ...(linkHost === undefined ? [] : [linkHost]),
  ]);
  const secrets = readSecrets(values, { lists, isOnLoopback }, request, report);
  if (problems.length > 0) return { kind: 'invalid', problems: inFileOrder(problems) };
  assertValid();
  const config = assemble(values, lists, secrets);
  return { kind: 'valid', config, sheet: sheetOf(values, lists, secrets) };
}

function readSettings(
  file: SiteFile,
  { env, overrides }: LoadRequest,
  problems: Problem[],
): readonly Setting[] {
  const inFile = fileSettings(file, (path, finding) =>
    problems.push(problemAt(path, { at: file.locate(path), source: undefined }, finding)),
  );
  const asArguments = overrideSettings(overrides, (path, finding) =>
    problems.push(problemAt(path, { at: undefined, source: '--set' }, finding)),
  );
  const settings = [...inFile, ...environmentSettings(env), ...asArguments];
  for (const { name: source, meant } of misspeltVariables(env, settings)) {
    const finding = { wrong: 'is not a variable of this program', want: `did you mean ${meant}?` };
    problems.push(problemAt([], { at: undefined, source }, finding));
  }
  return settings;
}

function settingProblems({ at, value, source }: Setting, file: SiteFile): readonly Problem[] {
  const { path, leaf } = at;
  const reading = leaf.reads.read(value);
  if (reading.kind === 'good') return [];
  const origin = { source, at: source === undefined ? file.locate(path) : undefined };
  const { isSecret } = leaf.reads;
  return reading.faults.map(({ in: inside, ...fault }) =>
    problemAt([...path, ...inside], origin, { ...fault, isSecret }),
  );
}

function reportMissing(given: readonly string[], report: Report): void {
  for (const { path, leaf } of leaves()) {
    if (leaf.default !== null || leaf.nullable || given.includes(path.join('.'))) continue;
    report(path, { wrong: 'is missing', want: `give it. ${leaf.doc}` });
  }
}

type Content =
  | { readonly kind: 'read'; readonly text: string | undefined }
  | { readonly kind: 'unreadable'; readonly problem: Problem };

function fileContent({ file, text, readFile }: LoadRequest): Content {
  if (text !== undefined || file === undefined) return { kind: 'read', text };
  try {
    return { kind: 'read', text: readFile(file) };
  } catch (error) {
    const why = whyOf(error);
    const finding = {
      wrong: `cannot be read (${why})`,
      want: 'name a file that exists and that this user may read',
    };
    const problem = problemAt([], { at: undefined, source: undefined }, finding);
    return { kind: 'unreadable', problem };
  }
}
