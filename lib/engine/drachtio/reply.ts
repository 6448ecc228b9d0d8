import { reasonPhrase } from '../../sip/status.ts';
import type { SrfContent, SrfReply } from './srf.ts';

type Says = SrfContent & { readonly reason?: string };

/** Answers a request. The library throws for a status that it has no phrase for; its class will do. */
export function say(
  reply: SrfReply,
  status: number,
  { reason = reasonPhrase(status), ...content }: Says = { headers: {} },
  onRefused: () => void = () => undefined,
): void {
  const onSent = (error: unknown) => {
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
