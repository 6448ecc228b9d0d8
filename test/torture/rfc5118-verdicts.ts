/** What RFC 5118 says of a message, what our parser makes of it, and what a node answers to it. */
export type Verdict = {
  /** `refuse`: a 400 should be sent; `tolerate`: wrong, and to be understood all the same. */
  readonly rfc: 'understand' | 'refuse' | 'tolerate';
  /** Host and port of the Request-URI; absent: they cannot be told apart. */
  readonly at: { readonly host: string; readonly port: number | undefined } | undefined;
  /** The sent-by of the topmost Via. */
  readonly sentBy: { readonly host: string; readonly port: number | undefined };
  /** The final status, by UDP, at a listener for every call. */
  readonly status: number;
  /**
   * The final status of an INVITE that says the same, where every gateway answers. Where the two
   * differ, the second one deviates: no emergency call is refused for its Request-URI.
   */
  readonly invited: { readonly ordinary: number; readonly emergency: number };
};

const at = (host: string, port?: number) => ({ host, port });
const CALLER = at('2001:db8::a:1');
const LAB = at('lab.callers.example');

/** REGISTER is not served here whatever else it says, so 405 comes first. [3261-8.2.1] */
const NO_REGISTRAR = 405;
const PLACED = { ordinary: 200, emergency: 200 };
/** It names nobody, so no route matches. */
const NOBODY = { ordinary: 404, emergency: 200 };

export const VERDICTS: Readonly<Record<string, Verdict>> = {
  'ipv6-good': {
    rfc: 'understand',
    at: at('2001:db8::10'),
    sentBy: CALLER,
    status: NO_REGISTRAR,
    invited: NOBODY,
  },
  'ipv6-bad': {
    rfc: 'refuse',
    at: undefined,
    sentBy: CALLER,
    status: NO_REGISTRAR,
    invited: { ordinary: 400, emergency: 200 },
  },
  'port-ambiguous': {
    rfc: 'understand',
    at: at('2001:db8::10:5070'),
    sentBy: CALLER,
    status: NO_REGISTRAR,
    invited: NOBODY,
  },
  'port-unambiguous': {
    rfc: 'understand',
    at: at('2001:db8::10', 5070),
    sentBy: CALLER,
    status: NO_REGISTRAR,
    invited: NOBODY,
  },
  'via-received-param-with-delim': {
    rfc: 'tolerate',
    at: at('2001:db8::10'),
    sentBy: CALLER,
    status: 481,
    invited: NOBODY,
  },
  'via-received-param-no-delim': {
    rfc: 'understand',
    at: at('2001:db8::10'),
    sentBy: CALLER,
    status: 200,
    invited: NOBODY,
  },
  'ipv6-in-sdp': {
    rfc: 'understand',
    at: at('2001:db8::10'),
    sentBy: at('2001:db8::a'),
    status: 200,
    invited: PLACED,
  },
  'mult-ip-in-header': {
    rfc: 'understand',
    at: at('callees.example'),
    sentBy: at('2001:db8::a:1', 6050),
    status: 481,
    invited: PLACED,
  },
  'mult-ip-in-sdp': {
    rfc: 'understand',
    at: at('2001:db8::10'),
    sentBy: CALLER,
    status: 200,
    invited: PLACED,
  },
  'ipv4-mapped-ipv6': {
    rfc: 'understand',
    at: at('2001:db8::10'),
    sentBy: at('::ffff:192.0.2.10', 19_823),
    status: 200,
    invited: PLACED,
  },
  'ipv6-bug-abnf-3-colons': {
    rfc: 'tolerate',
    at: at('2001:db8:::192.0.2.1'),
    sentBy: LAB,
    status: 200,
    invited: PLACED,
  },
  'ipv6-correct-abnf-2-colons': {
    rfc: 'understand',
    at: at('2001:db8::192.0.2.1'),
    sentBy: LAB,
    status: 200,
    invited: PLACED,
  },
};
