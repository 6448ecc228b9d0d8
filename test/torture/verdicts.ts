import type { FaultReason, Oddity } from '../../lib/sip/message.ts';

/** What our parser makes of a message of RFC 4475, and what a node answers to it. */
export type Verdict = {
  /** The start of the SHA-256 of the message as the RFC's own archive holds it. */
  readonly digest: string;
  readonly parsed: 'request' | 'response' | FaultReason;
  /** What was lived with. The RFC lets a receiver be liberal; for an emergency call we are. */
  readonly oddities: readonly Oddity[];
  /** The final status when it comes over UDP and the gateway is busy; absent: no answer. */
  readonly status: number | undefined;
};

const understood = (digest: string, status: number, ...oddities: readonly Oddity[]): Verdict => ({
  digest,
  parsed: 'request',
  oddities,
  status,
});
const refused = (digest: string, parsed: FaultReason): Verdict => ({
  digest,
  parsed,
  oddities: [],
  status: 400,
});
const response = (digest: string, parsed: 'response' | FaultReason): Verdict => ({
  digest,
  parsed,
  oddities: [],
  status: undefined,
});

export const VERDICTS: Readonly<Record<string, Verdict>> = {
  wsinv: understood('d6f6cdee99cd0a1f', 481),
  intmeth: understood('b957a8292c1c0a98', 405),
  esc01: understood('be3a316d4ce5f69c', 486),
  escnull: understood('263fe2ecd12a5ccb', 405),
  esc02: understood('9a9c59449f00327b', 405),
  lwsdisp: understood('d1b36b6316c12824', 200),
  longreq: understood('185739292bc67676', 486),
  dblreq: understood('a6be48426565c2a7', 405, 'trailing-bytes'),
  semiuri: understood('87bbaed6b4b354db', 200),
  transports: understood('33b4553a3b941812', 200),
  mpart01: understood('92147c8e24997bac', 405),
  unreason: response('4f939d6ebf4817ee', 'response'),
  noreason: response('07e11e470a69fffa', 'response'),
  badinv01: understood('9ee2b88f2e0b5a9e', 486, 'via-parameter'),
  clerr: refused('d9da629086a38df4', 'truncated'),
  ncl: understood('7ea6538edc1f054f', 486, 'content-length'),
  scalar02: refused('53158177326568e9', 'bad-cseq'),
  scalarlg: response('0957eca31737e359', 'bad-cseq'),
  quotbal: understood('e61978a2ea359fc6', 486),
  ltgtruri: understood('bcacb2dc17610e8c', 486, 'start-line'),
  lwsruri: understood('3e22ceeca585ad23', 481, 'start-line'),
  lwsstart: understood('f884e5626c6c5b12', 486, 'start-line'),
  trws: understood('64ae20694026e28c', 200, 'start-line'),
  escruri: understood('c3cf30af13a9d107', 486),
  baddate: understood('1208a6e3e0c8a8c3', 486),
  regbadct: understood('575d27530275814c', 405),
  badaspec: understood('f8f6e2f4247287b0', 200),
  baddn: understood('4768517cb1c40f60', 200),
  badvers: refused('037d702d19e934bf', 'version'),
  mismatch01: refused('a2c285636e451e75', 'bad-cseq'),
  mismatch02: refused('01b287f9a9c492f7', 'bad-cseq'),
  bigcode: response('f79450070975da54', 'start-line'),
  badbranch: understood('cb049c727f16b5ec', 200, 'via-parameter'),
  insuf: refused('1e3efd9f3b238c63', 'no-from'),
  unkscm: understood('81be1a6a566c7ab5', 200),
  novelsc: understood('9a50a7343fcf685e', 200),
  unksm2: understood('f6914409ced613ef', 405),
  bext01: understood('57181987c02c4f57', 420),
  invut: understood('9b39e824947df46f', 486),
  regaut01: understood('885ba0488872cfc0', 405),
  multi01: understood('d156ab12105b4bfd', 486, 'duplicate-header'),
  mcl01: understood('887191619bf003b7', 200, 'duplicate-header', 'trailing-bytes'),
  bcast: response('073637c635971991', 'response'),
  zeromf: understood('50954ef47acca4f9', 200),
  cparam01: understood('dfa6b5cdb289adc6', 405),
  cparam02: understood('e93574215bd1d804', 405),
  regescrt: understood('dab4087c133348b0', 405),
  sdp01: understood('497c5f1ced6c7b57', 486),
  inv2543: understood('76fac8afe22dee49', 486),
};
