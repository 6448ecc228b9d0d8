import { reasonPhrase } from '../../sip/status.ts';
import type { SrfContent, SrfError, SrfReply } from './srf.ts';

type Says = SrfContent & { readonly reason?: string };

/** Answers a request; for a status that the library throws at, its class will do. */
export function say(
  reply: SrfReply,
  status: number,
  { reason = reasonPhrase(status), ...content }: Says = { headers: {} },
  onRefused: () => void = () => undefined,
): void {
  const onSent = (error: SrfError) => {
    if (error) onRefused();
  };
  try {
    reply.send(status, reason, content, onSent);
  } catch {
    reply.send(Math.floor(status / 100) * 100, reason, content, onSent);
  }
}

export function tryLater(reply: SrfReply): void {
  say(reply, 500, { headers: { 'Retry-After': '2' } });
}
