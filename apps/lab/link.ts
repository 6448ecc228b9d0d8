import path from 'node:path';
import { Misuse, numberOf, readLabArguments } from './lab-arguments.ts';
import { joinLab, type RunningLab } from './running-lab.ts';
import { CALLERS_PLACE, type LinkSetting, siteName } from './topology.ts';
import { UP_OPTIONS } from './up-and-down.ts';

const MS = { min: 0, max: 10_000 };
const SHARE = { min: 0, max: 1 };

/** What may be said of a link, here and in `lab load`. */
export const LINK_OPTIONS = {
  'delay-ms': { type: 'string' },
  'jitter-ms': { type: 'string' },
  loss: { type: 'string' },
  copies: { type: 'string' },
  disorder: { type: 'string' },
} as const;

type LinkValues = { readonly [key in keyof typeof LINK_OPTIONS]?: string | undefined };

/** Only what was said: the rest of the link stays as it is. */
export function linkSettingOf(values: LinkValues): LinkSetting {
  const read = (key: keyof LinkValues, limits: typeof MS) => {
    const text = values[key];
    return text === undefined ? undefined : numberOf(key, text, limits);
  };
  const setting = {
    delayMs: read('delay-ms', MS),
    jitterMs: read('jitter-ms', MS),
    loss: read('loss', SHARE),
    copies: read('copies', SHARE),
    disorder: read('disorder', SHARE),
  };
  const said = Object.entries(setting).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said) as LinkSetting;
}

/** `lab link --between A,B`: what the way between two places does to packets; both directions. */
export async function link(args: readonly string[]): Promise<boolean> {
  const { values } = readLabArguments(args, {
    folder: UP_OPTIONS.folder,
    ...LINK_OPTIONS,
    between: { type: 'string' },
    cut: { type: 'boolean' },
    calm: { type: 'boolean' },
  });
  const [one, other, ...more] = values.between?.split(',') ?? [];
  if (values.calm !== true && (one === undefined || other === undefined || more.length > 0))
    throw new Misuse('--between ONE,OTHER is missing; --between site1,site2 would be right');
  const setting = { ...linkSettingOf(values), ...(values.cut === true ? { cut: true } : {}) };
  if (values.calm !== true && Object.keys(setting).length === 0)
    throw new Misuse('nothing is said of the link; --cut or --delay-ms 50 would be right');
  const lab = await joinLab(path.resolve(values.folder));
  try {
    if (values.calm === true) await lab.calm();
    else await setLink(lab, [one ?? '', other ?? ''], setting);
  } finally {
    lab.close();
  }
  const said = values.calm === true ? 'all links: as after up' : `${one} and ${other}:`;
  console.log(values.calm === true ? said : `${said} ${JSON.stringify(setting)}`);
  return true;
}

async function setLink(lab: RunningLab, between: readonly [string, string], setting: LinkSetting) {
  const { places } = await lab.transit.state();
  const known = Object.keys(places);
  const wrong = between.find((name) => !known.includes(name));
  if (wrong !== undefined)
    throw new Misuse(`--between ${wrong}: ${known.join(', ')} would be right`);
  await lab.transit.link(between, setting);
}

/** The links of the callers to every site. */
export async function setCallersLinks(lab: RunningLab, setting: LinkSetting): Promise<void> {
  for (let site = 1; site <= lab.options.sites; site += 1)
    await lab.transit.link([CALLERS_PLACE, siteName(site)], setting);
}
