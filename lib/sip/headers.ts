import type { Header } from './message.ts';
import { splitList } from './quoting.ts';

/** The value of the first header of that canonical name. */
export function headerValue(headers: readonly Header[], name: string): string | undefined {
  for (const header of headers) if (header.name === name) return header.value;
  return undefined;
}

export function headerValues(headers: readonly Header[], name: string): string[] {
  const values: string[] = [];
  for (const header of headers) if (header.name === name) values.push(header.value);
  return values;
}

/** The elements of all headers of that name as one list, for headers that are one. [3261-7.3.1] */
export function listValues(headers: readonly Header[], name: string): string[] {
  const elements: string[] = [];
  for (const header of headers) {
    if (header.name === name) elements.push(...splitList(header.value));
  }
  return elements;
}
