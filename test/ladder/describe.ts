import { headerValue } from '../../lib/sip/headers.ts';
import type { SipFault, SipMessage } from '../../lib/sip/message.ts';
import { contactUri } from '../../lib/sip/name-addr.ts';
import { parseUri } from '../../lib/sip/uri.ts';
import { nameOf, type Places } from './places.ts';
import type { ScriptedCaller } from './scripted-caller.ts';

/** A message of the site to the caller, in the words of the ladder files. */
export function describeToCaller(
  message: SipMessage | SipFault,
  caller: ScriptedCaller,
  places: Places,
): string {
  if (message.kind === 'fault') return `unparsable ${message.reason}`;
  const words = [...mainWords(message), ...contactWords(message, places)];
  if (message.kind === 'request') return words.join(' ');
  const { number, method } = message.cseq;
  const fork = caller.forkOf(message);
  if (fork > 1) words.push(`fork=${fork}`);
  if (headerValue(message.headers, 'rseq') !== undefined) words.push('reliable');
  const branch = /^z9hG4bKway-(\w+)$/.exec(message.via.branch ?? '')?.[1];
  if (branch !== undefined) words.push(`way=${branch}`);
  if (method === 'INVITE' && number > 1) words.push(`cseq=${number}`);
  const cause = /cause=(\d+)/.exec(headerValue(message.headers, 'reason') ?? '')?.[1];
  if (cause !== undefined) words.push(`cause=${cause}`);
  return words.join(' ');
}

/**
 * One to a gateway; its tag is named where the script has chosen it, and of an INVITE what leads
 * elsewhere than to the gateway side.
 */
export function describeToGateway(message: SipMessage | SipFault, places: Places): string {
  if (message.kind === 'fault') return `unparsable ${message.reason}`;
  const words = mainWords(message);
  const { tag } = message.to;
  if (tag !== undefined && tag.length === 1) words.push(`tag=${tag}`);
  const rack = headerValue(message.headers, 'rack');
  if (rack !== undefined) words.push(`rack=${rack.replaceAll(' ', '/')}`);
  if (message.cseq.method !== 'INVITE') return words.join(' ');
  const contact = contactWords(message, places);
  if (message.kind === 'response') return [...words, ...contact].join(' ');
  const priority = headerValue(message.headers, 'priority');
  const outwards = contact.filter((word) => !word.startsWith('contact=B'));
  const marks = priority === undefined ? [] : [`priority=${priority}`];
  return [...words, ...outwards, ...marks].join(' ');
}

function mainWords(message: SipMessage): string[] {
  const words = [message.kind === 'request' ? message.method : String(message.status)];
  words.push(...bodyWords(message));
  const { method } = message.cseq;
  if (message.kind === 'response' && method !== 'INVITE') words.push(`(${method})`);
  return [...words, ...sessionWords(message), ...referWords(message)];
}

/** A NOTIFY of a transfer tells in its body what that has come to. [3515-2.4.5] */
function bodyWords({ body }: SipMessage): string[] {
  if (body === '') return [];
  const told = /^SIP\/2\.0 (\d+)/.exec(body)?.[1];
  return [told === undefined ? 'sdp' : `told=${told}`];
}

/** Where a REFER leads, and whether an INVITE is to take the place of a dialog. */
function referWords({ headers }: SipMessage): string[] {
  const uri = parseUri(contactUri(headerValue(headers, 'refer-to') ?? '') ?? '');
  const place = uri.kind === 'sip' ? [`to=${uri.host}`] : [];
  const replaces = headerValue(headers, 'replaces');
  return replaces === undefined ? place : [...place, 'replaces'];
}

/** An interval that is not the usual one, and who is to refresh. */
function sessionWords({ headers }: SipMessage): string[] {
  const said = headerValue(headers, 'session-expires')?.replace('refresher=', '');
  const least = headerValue(headers, 'min-se');
  return [
    ...(said === undefined || said.startsWith('1800;') ? [] : [`expires=${said}`]),
    ...(least === undefined ? [] : [`min-se=${least}`]),
  ];
}

/** Where the rest of the dialog is to go. */
function contactWords({ headers }: SipMessage, places: Places): string[] {
  const uri = parseUri(contactUri(headerValue(headers, 'contact') ?? '') ?? '');
  if (uri.kind !== 'sip') return [];
  const name = nameOf({ address: uri.host, port: uri.port ?? 5060 }, places);
  const transport = uri.params.find((param) => param.name === 'transport')?.value;
  return [`contact=${name}${transport === undefined ? '' : `;${transport}`}`];
}
