import type { Choices } from '../choices.ts';
import { anyText, headerLine, METHODS, nameAddr, token, uri, via } from './values.ts';

const SDP = 'v=0\r\no=- 1 1 IN IP4 203.0.113.7\r\ns=-\r\nm=audio 4000 RTP/AVP 8\r\n';

export type MessageParts = {
  readonly startLine: string;
  /** As written, Content-Length left out. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
};

type Body = { readonly type: string | undefined; readonly body: string };

/** A message that is right in every part, of any method or status and with any headers. */
export function message(choices: Choices): MessageParts {
  const method = choices.pick(METHODS);
  const isRequest = choices.chance(0.5) === false;
  const { type, body } = anyBody(choices, 2);
  const tag = choices.chance(0.5) ? token(choices) : undefined;
  const headers: (readonly [string, string])[] = [
    [choices.pick(['Via', 'v']), via(choices)],
    [choices.pick(['From', 'f', 'FROM']), nameAddr(choices, token(choices))],
    [choices.pick(['To', 't']), nameAddr(choices, tag)],
    [choices.pick(['Call-ID', 'i', 'Call-Id']), `${token(choices)}@${token(choices)}`],
    ['CSeq', `${choices.below(2 ** 31)} ${method}`],
    ...(type === undefined ? [] : [[choices.pick(['Content-Type', 'c']), type] as const]),
  ];
  for (let left = choices.below(12); left > 0; left -= 1) {
    headers.splice(1 + choices.below(headers.length), 0, headerLine(choices));
  }
  const reason = anyText(choices, 20);
  const startLine = isRequest
    ? `${method} ${uri(choices)} SIP/2.0`
    : `SIP/2.0 ${choices.between(100, 700)} ${reason}`;
  return { startLine, headers, body };
}

/** None, SDP, bytes of any kind, or a multipart of such, so many deep. */
export function anyBody(choices: Choices, depth: number): Body {
  return choices.pick<() => Body>([
    () => ({ type: undefined, body: '' }),
    () => ({ type: 'application/sdp', body: SDP }),
    () => ({ type: 'application/EmergencyCallData.eCall.MSD', body: choices.octets(60) }),
    () => (depth === 0 ? { type: undefined, body: '' } : multipart(choices, depth)),
  ])();
}

function multipart(choices: Choices, depth: number): Body {
  const boundary = choices.word(10, 'abcxyz019');
  const parts = choices.list(3, () => anyBody(choices, depth - 1));
  const written = parts.map(({ type, body }) =>
    [`--${boundary}`, ...(type === undefined ? [] : [`Content-Type: ${type}`]), '', body].join(
      '\r\n',
    ),
  );
  const quote = choices.pick(['', '"']);
  return {
    type: `multipart/mixed;boundary=${quote}${boundary}${quote}`,
    body: [...written, `--${boundary}--`, ''].join('\r\n'),
  };
}

/** As it goes over the wire, its lines folded here and there. */
export function written({ startLine, headers, body }: MessageParts, choices?: Choices): string {
  const lines = headers.map(([name, value]) => {
    const gap = choices?.chance(0.1) === true ? choices.pick(['', '  ', '\t', '\r\n ']) : ' ';
    return `${name}:${gap}${value}`;
  });
  return [startLine, ...lines, `Content-Length: ${body.length}`, '', body].join('\r\n');
}
