import convict from 'convict';
import type { Format } from './formats.ts';
import type { Setting } from './layers.ts';
import { leaves, SCHEMA, type SiteValues } from './schema.ts';

for (const { leaf } of leaves()) convict.addFormat(convictFormat(leaf.reads));

/** Of a name that convict has no coercion for, and without one of its own: it changes nothing. */
function convictFormat({ name, read }: Format<unknown>): convict.Format {
  return {
    name,
    validate(value: unknown) {
      const reading = read(value);
      if (reading.kind === 'bad') throw new Error(reading.faults.map(({ wrong }) => wrong).join());
    },
  };
}

export type Layered = {
  readonly values: SiteValues;
  /** Throws unless every value is of its format and every key known: whoever asks has made sure. */
  readonly assertValid: () => void;
};

/** Lays settings over the defaults, a later one over an earlier. */
export function layered(settings: readonly Setting[]): Layered {
  const config = convict<SiteValues>(SCHEMA, { env: {}, args: [] });
  for (const { at, value } of settings) config.set(at.path.join('.'), value);
  return {
    values: config.getProperties(),
    assertValid() {
      config.validate({ allowed: 'strict' });
    },
  };
}
