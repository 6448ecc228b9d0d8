import { NO_OCTETS } from '../../../lib/base/brands.ts';
import { header } from '../../../lib/sip/header-names.ts';
import { requestId, tagOf } from '../../../lib/sip/ids.ts';
import {
  aCall,
  answered,
  type Driven,
  empty,
  type Happening,
  SOME_SDP,
  target,
} from '../../support/call-core.ts';

export const A = { side: 'a', fork: 0 } as const;
export const B = { side: 'b', attempt: 1, tag: tagOf('g1') } as const;
export const request = requestId('r1');
export const REFER_TO = [header('Refer-To', '<sip:112@10.0.1.2>'), header('CSeq', '7 REFER')];

export const talking = (changes: Parameters<typeof aCall>[0] = {}) =>
  aCall({ transfers: 'execute', ...changes }, 1)
    .after(answered(1))
    .after({ on: 'a-acknowledged', door: 'unicast', ...empty });

export const refers = (more: Partial<Extract<Happening, { on: 'asked' }>> = {}): Happening => ({
  on: 'asked',
  dialog: B,
  request,
  method: 'REFER',
  maxForwards: 70,
  door: undefined,
  leadsTo: target(2),
  headers: REFER_TO,
  body: NO_OCTETS,
  ...more,
});
export const callerSays = (status: number, to = 'placed2', body = SOME_SDP): Happening => ({
  on: 'replied',
  dialog: A,
  request: requestId(to),
  status,
  reason: 'Said',
  headers: [],
  body: status < 300 ? body : NO_OCTETS,
});
export const hangsUp = (attempt: number, tag = `g${attempt}`): Happening => ({
  on: 'b-hung-up',
  attempt,
  tag: tagOf(tag),
  ...empty,
});
export const joins = (more: Partial<Extract<Happening, { on: 'b-joins' }>> = {}): Happening => ({
  on: 'b-joins',
  attempt: 2,
  tag: tagOf('ours'),
  from: target(2),
  replaces: { attempt: 1, tag: tagOf('g1') },
  isEarlyOnly: false,
  headers: [],
  body: SOME_SDP,
  ...more,
});

/** The status lines that who sent the REFER has been told by the last event. */
export const told = ({ effects }: Driven) =>
  effects.flatMap((effect) =>
    effect.do === 'ask' && effect.method === 'NOTIFY' ? effect.body.trim() : [],
  );
export const statusOf = ({ effects }: Driven) =>
  effects.map((one) => ('status' in one ? one.status : 0));
