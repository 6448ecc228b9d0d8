import type { ProbeRules } from '../lib/gateways/options.ts';
import { header } from '../lib/sip/header-names.ts';
import type { Header } from '../lib/sip/message.ts';
import { closest } from './closest.ts';
import { bad, type Fault, type Format, good, listOf, text, wholeNumber } from './formats.ts';

/** Limits of `probe`, for the site and for one gateway. */
export const PROBE_FORMATS: Readonly<Record<keyof ProbeRules, Format<number>>> = {
  everySec: wholeNumber(0, 3600),
  downAfter: wholeNumber(1, 100),
  upAfter: wholeNumber(1, 100),
  timeoutMs: wholeNumber(100, 60_000),
};

const PROBE_WANT = 'write off, or what differs from probe, such as { everySec: 5, downAfter: 2 }';

/** How one gateway is probed, as far as it differs from the others; `everySec: 0` is off. */
export const PROBE: Format<Partial<ProbeRules>> = {
  name: 'probe rules',
  want: PROBE_WANT,
  fromText: 'json',
  isSecret: false,
  read(value) {
    if (value === 'off') return good({ everySec: 0 });
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return bad(value, 'is neither off nor a map', PROBE_WANT);
    const faults: Fault[] = [];
    const rules: { -readonly [key in keyof ProbeRules]?: number } = {};
    for (const [key, given] of Object.entries(value)) {
      if (!isProbeKey(key)) {
        const near = closest(key, Object.keys(PROBE_FORMATS));
        const want = near === undefined ? PROBE_WANT : `did you mean "${near}"?`;
        faults.push({ in: [key], value: undefined, wrong: 'is not a key of this place', want });
        continue;
      }
      const reading = PROBE_FORMATS[key].read(given);
      if (reading.kind === 'good') rules[key] = reading.value;
      else for (const fault of reading.faults) faults.push({ ...fault, in: [key, ...fault.in] });
    }
    return faults.length === 0 ? good(rules) : { kind: 'bad', faults };
  },
};

function isProbeKey(key: string): key is keyof ProbeRules {
  return Object.hasOwn(PROBE_FORMATS, key);
}

const HEADER_WANT = 'write "Name: value", such as "X-Site: sto"';

/** What each message has one of, or what says how it travels: those we write ourselves. */
const OURS: ReadonlySet<string> = new Set([
  'via',
  'route',
  'record-route',
  'max-forwards',
  'from',
  'to',
  'call-id',
  'cseq',
  'contact',
  'content-length',
  'content-type',
  'allow',
  'supported',
  'require',
  'proxy-require',
  'session-expires',
  'min-se',
  'rseq',
  'rack',
  'recv-info',
]);

const HEADER_LINE: Format<Header> = text('header', HEADER_WANT, (value) => {
  const [, name = '', said = ''] = /^([A-Za-z0-9.!%*_+`'~-]{1,64}):[ \t]*(.*)$/.exec(value) ?? [];
  if (name === '') return bad(value, 'is not a header', HEADER_WANT);
  if (!/^[\x20-\x7e]{1,512}$/.test(said.trim()))
    return bad(value, 'has no value of plain characters', HEADER_WANT);
  const line = header(name, said.trim());
  if (OURS.has(line.name))
    return bad(value, 'is a header that each message carries of its own', 'leave it out');
  return good(line);
});

export const HEADERS: Format<readonly Header[]> = listOf(HEADER_LINE, '["X-Site: sto"]');
