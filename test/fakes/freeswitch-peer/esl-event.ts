import type { World } from '../../../lib/base/time.ts';

/** Names and values in their order. */
export type EventLines = readonly (readonly [name: string, value: string])[];

export type EslEvent = {
  readonly name: string;
  readonly lines: EventLines;
  readonly body?: string;
};

/** What stands in every event of one FreeSWITCH. */
export type Core = {
  readonly uuid: string;
  readonly hostname: string;
  readonly address: string;
  sequence: number;
};

/** An event as it is told; what belongs to all of them stands above the rest or below it. */
export function eventOf(
  { clock }: World,
  core: Core,
  name: string,
  lines: EventLines,
  body?: string,
): EslEvent {
  core.sequence += 1;
  const now = new Date(clock.unix());
  const common: EventLines = [
    ['Event-Name', name],
    ['Core-UUID', core.uuid],
    ['FreeSWITCH-Hostname', core.hostname],
    ['FreeSWITCH-Switchname', core.hostname],
    ['FreeSWITCH-IPv4', core.address],
    ['FreeSWITCH-IPv6', '::1'],
    ['Event-Date-Local', now.toISOString().slice(0, 19).replace('T', ' ')],
    ['Event-Date-GMT', now.toUTCString()],
    ['Event-Date-Timestamp', `${now.getTime()}000`],
    ['Event-Calling-File', 'peer.ts'],
    ['Event-Calling-Function', 'fire'],
    ['Event-Calling-Line-Number', '1'],
    ['Event-Sequence', String(core.sequence)],
  ];
  const whole = [...common, ...lines];
  return body === undefined ? { name, lines: whole } : { name, lines: whole, body };
}

export function valueIn(lines: EventLines, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return lines.find(([one]) => one.toLowerCase() === wanted)?.[1];
}

/** Lines of `name: value`, each value encoded, and an empty one at the end. */
export function writePlain(lines: EventLines, body?: string): string {
  let text = '';
  for (const [name, value] of lines) text += `${name}: ${encoded(value) || '_undef_'}\n`;
  const more = body === undefined || body === '' ? '' : `Content-Length: ${byteLength(body)}\n`;
  return `${text}${more}\n${body ?? ''}`;
}

/** As the one above; here nothing is encoded. */
export function writeJson(lines: EventLines, body?: string): string {
  const object: Record<string, string> = Object.fromEntries(lines);
  if (body !== undefined) {
    object['Content-Length'] = String(byteLength(body));
    object['_body'] = body;
  }
  return JSON.stringify(object);
}

const UNSAFE = /[^ -~]|[\r\n #%&+:;<=>?@[\\\]^`{|}"]/gu;

/** A percent sign that begins an escape already stays as it is. */
export function encoded(value: string): string {
  return value.replace(UNSAFE, (character, at: number) => {
    if (character === '%' && /^%[\dA-F]{2}/.test(value.slice(at, at + 3))) return character;
    let text = '';
    for (const octet of Buffer.from(character, 'utf8'))
      text += `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
    return text;
  });
}

export const byteLength = (text: string) => Buffer.byteLength(text, 'utf8');
