import { reasonPhrase } from '../../sip/status.ts';
import type { SrfContent, SrfReply } from './srf.ts';

type Says = SrfContent & { readonly reason?: string };

/** Answers a request, with a status too that the library's own `send` throws at. */
export function say(
  reply: SrfReply,
  status: number,
  { reason = reasonPhrase(status), ...content }: Says = { headers: {} },
  onRefused: () => void = () => undefined,
): void {
  reply.msg.status = status;
  reply.msg.reason = reason;
  reply.agent.sendResponse(reply, content, (error) => {
    if (error) onRefused();
  });
}

export function tryLater(reply: SrfReply): void {
  say(reply, 500, { headers: { 'Retry-After': '2' } });
}
