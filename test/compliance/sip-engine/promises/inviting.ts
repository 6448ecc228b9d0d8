import { expect } from '@jest/globals';
import { octetsOfText } from '../../../../lib/base/brands.ts';
import { writeAddress } from '../../../../lib/sip/address.ts';
import { header } from '../../../../lib/sip/header-names.ts';
import { headerValue } from '../../../../lib/sip/headers.ts';
import { MAGIC_COOKIE, uriText } from '../../../../lib/sip/ids.ts';
import { calling, inviteOrder, ourContact, SDP } from '../call.ts';
import { type Promised, promised } from '../promise.ts';

const PORT_DEFAULT = 5060;

/** What no node may put into a message of ours. */
const FOREIGN = [
  'Via: SIP/2.0/UDP 203.0.113.66',
  'Route: <sip:203.0.113.66;lr>',
  'Record-Route: <sip:203.0.113.66;lr>',
  'Contact: <sip:x@203.0.113.66>',
  'From: <sip:not-ours@x>;tag=1',
  'To: <sip:not-ours@x>',
  'Call-ID: not-ours',
  'CSeq: 66 INVITE',
  'Max-Forwards: 66',
  'Content-Length: 66',
  'Supported: 100rel, timer, not-ours',
  'Require: not-ours',
  'Proxy-Require: not-ours',
  'Allow: NOT-OURS',
  'Session-Expires: 66',
  'Min-SE: 66',
  'RSeq: 66',
  'RAck: 66 1 INVITE',
].map((line) => header(...parted(line)));

/** What stands in an INVITE of ours. */
export const INVITING: readonly Promised[] = [
  promised(
    'A valid SIP request formulated by a UAC MUST, at a minimum, contain the following header fields: To, From, CSeq, Call-ID, Max-Forwards, and Via; they are those of the order [3261-8.1.1]',
    async (stage) => {
      const order = inviteOrder(stage);
      stage.engine.invite(order);
      const { text, message } = await stage.gateway.hears('INVITE');
      const lines = text.split('\r\n');
      expect(lines[0]).toBe(`INVITE ${order.uri} SIP/2.0`);
      const values = (name: string) => headerValue(message.headers, name);
      expect(values('from')).toBe(order.from);
      expect(values('to')).toBe(order.to);
      expect(values('call-id')).toBe(order.callId);
      expect(values('max-forwards')).toBe('69');
      expect(message.cseq.method).toBe('INVITE');
      expect(message.body).toBe(SDP);
    },
  ),

  promised('The Contact names our token at the gateway side [3261-8.1.1.8]', async (stage) => {
    const { invite } = await calling(stage);
    expect(headerValue(invite.message.headers, 'contact')).toBe(`<${ourContact(stage)}>`);
  }),

  promised(
    'it leaves from the listener of the order, and the Via says so, with a branch that begins with the magic cookie [3261-8.1.1.7]',
    async (stage) => {
      const { invite } = await calling(stage);
      const { address, port } = stage.place();
      const { via } = invite.message;
      expect(invite.from.address).toBe(address);
      expect(via).toMatchObject({ host: address, transport: stage.transport.toUpperCase() });
      expect(via.port ?? PORT_DEFAULT).toBe(port);
      expect(via.branch?.startsWith(MAGIC_COOKIE)).toBe(true);
    },
  ),

  promised(
    'The branch parameter value MUST be unique across space and time for all requests sent by the UA [3261-8.1.1.7]',
    async (stage) => {
      const one = await calling(stage);
      const other = await calling(stage);
      expect(one.invite.message.via.branch).not.toBe(other.invite.message.via.branch);
    },
  ),

  promised(
    'it goes to the next hop of the order, whatever host its URI names [3261-8.1.2]',
    async (stage) => {
      for (const uri of ['sip:112@psap.example', 'sip:+4611;phone-context=se@[2001:db8::1]:5099']) {
        const { invite } = await calling(stage, { uri: uriText(uri) });
        expect(invite.text.split(' ', 2)[1]).toBe(uri);
      }
    },
  ),

  promised('a service URN is a Request-URI as any other [5031-4.1]', async (stage) => {
    const { invite } = await calling(stage, { uri: uriText('urn:service:sos.police') });
    expect(invite.text.startsWith('INVITE urn:service:sos.police SIP/2.0\r\n')).toBe(true);
  }),

  promised(
    'an INVITE without a body has none: the offer is left to the callee [3261-13.2.1]',
    async (stage) => {
      const { invite } = await calling(stage, { headers: [], body: octetsOfText('') });
      expect(invite.text.endsWith('\r\n\r\n')).toBe(true);
      expect(headerValue(invite.message.headers, 'content-length')).toBe('0');
    },
  ),

  promised(
    'of what the node adds, nothing replaces what is the way or the dialog of the message, and nothing promises an extension [3261-8.1.1.9]',
    async (stage) => {
      const { invite } = await calling(stage, { headers: [...FOREIGN, header('X-Ours', 'yes')] });
      const head = invite.text.slice(0, invite.text.indexOf('\r\n\r\n'));
      expect(head).not.toMatch(/not-ours|203\.0\.113\.66|: 66|100rel/i);
      expect(head.match(/timer/gi)?.length ?? 0).toBeLessThanOrEqual(1);
      expect(head).toContain('X-Ours: yes');
    },
  ),

  promised(
    'An Allow header field SHOULD be present in the INVITE; it names what the engine does [3261-13.2.1]',
    async (stage) => {
      const { invite } = await calling(stage);
      const methods = headerValue(invite.message.headers, 'allow')?.split(/,\s*/) ?? [];
      for (const method of ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'UPDATE', 'INFO']) {
        expect(methods).toContain(method);
      }
      expect(methods).not.toContain('REFER');
    },
  ),

  promised(
    'If a request is within 200 bytes of the path MTU, or if it is larger than 1300 bytes and the path MTU is unknown, the request MUST be sent using a congestion controlled transport protocol, such as TCP: where the order names a way for it [3261-18.1.1]',
    async (stage) => {
      const byTcp = await stage.openFarEnd(stage.gateway.at, 'tcp');
      const large = { listener: stage.listener('tcp'), contact: ourContact(stage, 'tcp') };
      const small = await calling(stage, { large });
      expect(headerValue(small.invite.message.headers, 'contact')).toBe(`<${ourContact(stage)}>`);
      stage.engine.invite(inviteOrder(stage, { large, body: octetsOfText('x'.repeat(1300)) }));
      const { message } = await byTcp.hears('INVITE');
      expect(message.via.transport).toBe('TCP');
      expect(headerValue(message.headers, 'contact')).toBe(`<${large.contact}>`);
      expect(message.body).toHaveLength(1300);
    },
    { only: 'udp', ability: 'go-the-large-way' },
  ),

  promised(
    'an INVITE that is not answered is sent again as it was [3261-17.1.1.2]',
    async (stage) => {
      const { invite } = await calling(stage);
      const again = await stage.gateway.hearsAgain('INVITE');
      expect(again.text).toBe(invite.text);
      expect(writeAddress(again.from)).toBe(writeAddress(invite.from));
    },
    { only: 'udp', waitsMs: 1000 },
  ),
];

function parted(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 2)];
}
