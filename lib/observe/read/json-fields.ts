export type Fields = Readonly<Record<string, unknown>>;

/** The value that a text of another program holds; undefined: it is torn, or no JSON. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** None of anything else than an object. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}
