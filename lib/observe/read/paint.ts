export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'alarm';

/** Colours a text, or leaves it as it is where nobody can see colours. */
export type Paint = (style: Style, text: string) => string;

const CODES: Readonly<Record<Style, string>> = {
  bold: '1',
  dim: '2',
  red: '31',
  green: '32',
  yellow: '33',
  alarm: '1;37;41',
};

export const plain: Paint = (_, text) => text;

export const coloured: Paint = (style, text) =>
  text === '' ? text : `\u001b[${CODES[style]}m${text}\u001b[0m`;
