import type { VirtualWorld } from '../support/virtual-world.ts';
import type { SimGateway } from './gateway.ts';
import type { End } from './gateway-leg.ts';
import type { Complain } from './model.ts';
import type { Phone } from './phone.ts';
import type { Agreed } from './session.ts';
import type { Seen, Witness } from './witness.ts';

/** Longer than a BYE may wait for an ACK and be repeated on each leg. */
const ALONE_MS_MAX = 70_000;

/**
 * Looks at who talks with whom when one end of a call is about to hang up. Where nothing is under
 * way, the caller talks with one gateway, and each holds the SDP that the other one has said.
 */
export function watchTalks(
  phones: readonly Phone[],
  gateways: readonly SimGateway[],
  edge: Witness,
  time: VirtualWorld,
  complain: Complain,
): void {
  const callers = new Map(phones.map((phone) => [phone.callId, phone]));
  const look = (callId: string) => {
    const phone = callers.get(callId);
    const seen = edge.calls.get(callId)?.seen ?? [];
    if (phone?.isQuiet !== true) return;
    const ends = endsOf(seen, gateways);
    if (ends.some(({ isAcknowledged }) => !isAcknowledged)) return;
    const [end, ...more] = ends;
    if (more.length > 0) complain('transfer', `${callId} has ${ends.length} gateways`);
    else if (end !== undefined) compare(phone, end, complain);
    else if (isAlone(seen, gateways, time.nowMs)) complain('P12', `${callId} talks with nobody`);
  };
  for (const phone of phones) phone.onOver = () => look(phone.callId);
  for (const gateway of gateways) gateway.onHangUp = look;
}

function compare(
  { callId, session }: Phone,
  { callId: name, isQuiet, agreed }: End,
  complain: Complain,
): void {
  if (!isQuiet) return;
  const mine = session.agreed;
  if (mine?.own === agreed?.other && mine?.other === agreed?.own) return;
  const holds = (one: Agreed | undefined) => `${originOf(one?.own)} with ${originOf(one?.other)}`;
  complain('transfer', `${callId} holds ${holds(mine)}, ${name} ${holds(agreed)}`);
}

const originOf = (sdp = '') => sdp.split('\r\n')[1] ?? 'nothing';

/** Gateways that believe to talk with the caller, and were not sent a BYE. */
function endsOf(seen: readonly Seen[], gateways: readonly SimGateway[]): End[] {
  const names = new Set(
    seen.filter(({ side }) => side === 'b').map(({ message }) => message.callId),
  );
  const isLeft = (callId: string, tag: string) =>
    seen.some(
      ({ way, message }) =>
        way === 'out' &&
        message.kind === 'request' &&
        message.method === 'BYE' &&
        message.callId === callId &&
        message.to.tag === tag,
    );
  return [...names].flatMap((callId) =>
    gateways.flatMap((gateway) => gateway.endsOf(callId).filter(({ tag }) => !isLeft(callId, tag))),
  );
}

/** Nobody has been heard of inside for so long, and nobody rings who might take over. */
function isAlone(seen: readonly Seen[], gateways: readonly SimGateway[], nowMs: number): boolean {
  const isRinging = ({ message: { callId } }: Seen) =>
    gateways.some(({ legs }) => legs.get(callId)?.state === 'proceeding');
  if (gateways.some(({ hasCrashed }) => hasCrashed) || seen.some(isRinging)) return false;
  const last = seen.findLast(({ side, way }) => side === 'b' && way === 'in');
  return last !== undefined && nowMs - last.atMs > ALONE_MS_MAX;
}
