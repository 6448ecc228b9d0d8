import { NO_OCTETS, type Octets } from '../../lib/base/brands.ts';
import type { LegId } from '../../lib/ports/sip-engine.ts';
import type { Address } from '../../lib/sip/address.ts';
import { tagOf } from '../../lib/sip/ids.ts';
import type { SipRequest } from '../../lib/sip/message.ts';
import { reasonPhrase } from '../../lib/sip/status.ts';
import { openExchange, type Talker, withSdp } from './talkers.ts';

/** One call at a gateway; what comes after its end is not sent. */
export type Guest = Talker & {
  readonly request: SipRequest;
  /** With early media if so wanted. */
  ring(status: number, early?: 'early-media'): void;
  answer(): void;
  reject(status: number): void;
  hangUp(): void;
};

export type MediaGateway = {
  /** All that have come, in their order. */
  readonly guests: readonly Guest[];
  close(): Promise<void>;
};

/** A gateway that does with each call what the test says, and has that SDP for it. */
export async function openMediaGateway(
  at: Address,
  sdpFor: (request: SipRequest) => Octets,
  play: (guest: Guest) => void,
): Promise<MediaGateway> {
  const guests = new Map<LegId, Guest>();
  const { engine, contact, close } = await openExchange(at, 'unicast', {
    talkerOf: (leg) => guests.get(leg),
    onInvite({ leg, request }) {
      const guest = newGuest(leg, request);
      guests.set(leg, guest);
      if (request.body !== NO_OCTETS) guest.told.push({ what: 'INVITE', sdp: request.body });
      play(guest);
    },
    onLeg(leg, event) {
      if (event.on === 'cancelled') guests.get(leg)?.reject(487);
    },
  });
  return {
    get guests() {
      return [...guests.values()];
    },
    close,
  };

  function newGuest(leg: LegId, request: SipRequest): Guest {
    const sdp = sdpFor(request);
    const says = (status: number, body?: Octets) => {
      return { status, reason: reasonPhrase(status), tag: tagOf(leg), contact, ...withSdp(body) };
    };
    const guest: Guest = {
      request,
      sdp,
      told: [],
      reinvites: 0,
      isOver: false,
      ring: (status, early) =>
        engine.ring(leg, says(status, early === undefined ? undefined : sdp)),
      answer: () => engine.answer(leg, says(200, sdp)),
      reject(status) {
        if (guest.isOver) return;
        guest.isOver = true;
        engine.reject(leg, { ...says(status), contact: undefined });
      },
      hangUp() {
        guest.isOver = true;
        engine.hangUp(leg, tagOf(leg), []);
      },
    };
    return guest;
  }
}
