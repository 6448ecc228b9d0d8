import type { Address } from '../../lib/sip/address.ts';
import { contactOf, isFinal, request, type TcpLine } from './tcp-caller.ts';

let calls = 0;

/**
 * One call to 112 from its INVITE to the 200 for its BYE, on a new connection that stays the only
 * one; an error unless it is answered with 200. Answers how long the answer took, in milliseconds.
 */
export async function callOn(
  open: () => Promise<TcpLine>,
  from: Address,
  to: Address,
  transport?: 'tls',
): Promise<number> {
  calls += 1;
  const callId = `amid-${transport ?? 'tcp'}-${calls}`;
  const said = { callId, from, to, ...(transport === undefined ? {} : { transport }) };
  const begun = performance.now();
  const caller = await open();
  await caller.say(request('INVITE', { ...said, cseq: 1, body: 'v=0\r\n' }));
  const answer = await caller.hears(`an answer to ${callId}`, isFinal('INVITE'));
  const tookMs = performance.now() - begun;
  if (answer.kind !== 'response' || answer.status !== 200) throw new Error(`${callId} was refused`);
  const within = { ...said, uri: contactOf(answer).uri, toTag: answer.to.tag };
  await caller.say(request('ACK', { ...within, cseq: 1 }));
  await caller.say(request('BYE', { ...within, cseq: 2 }));
  await caller.hears('200 to BYE', isFinal('BYE'));
  caller.socket.destroy();
  return tookMs;
}
