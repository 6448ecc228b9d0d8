import { randomUUID } from 'node:crypto';
import { headerValue } from '../../../lib/sip/headers.ts';
import { parseUri } from '../../../lib/sip/uri.ts';
import { stageFor } from './applications.ts';
import { passOn } from './bridge.ts';
import { type Board, type Channel, fireOf } from './channel.ts';
import type { EventLines } from './esl-event.ts';
import { type MediaPort, openMediaPort } from './media-port.ts';
import type { Arrived } from './sip-door.ts';

/** A channel for an INVITE, which rings. */
export async function newChannel(
  board: Board,
  arrived: Arrived,
  sayBye: (cause: string) => void,
): Promise<Channel> {
  const { mediaAddress, profile } = board.settings;
  const { request } = arrived;
  const id = randomUUID();
  const from = parseUri(request.from.uri);
  const user = from.kind === 'sip' ? from.user : undefined;
  const place = request.from.uri.replace(/^sips?:/, '').replace(/^[^@]*@/, '');
  const name = `sofia/${profile}/${user ?? 'nobody'}@${place}`;
  const media: MediaPort = await openMediaPort(mediaAddress, {
    onFrame: (frame) => whenUp(() => hear(channel, frame)),
    onEvent(payload, isFirst) {
      whenUp(() => channel.bridgedWith?.media.sendEvent(payload, isFirst));
    },
    onDigit: (digit, duration) => whenUp(() => tellDigit(board, channel, digit, duration)),
  });
  const channel: Channel = {
    id,
    name,
    caller: callerLines(id, name, arrived, user),
    variables: variablesOf(id, name, arrived),
    media,
    stage: stageFor(board, () => channel),
    recorders: new Map(),
    callState: 'RINGING',
    hangupCause: undefined,
    bridgedWith: undefined,
    isInSocket: false,
    playing: 0,
    listener: undefined,
    sayBye,
  };
  const whenUp = (task: () => void) => {
    if (!board.pulse.isHanging && channel.hangupCause === undefined) task();
  };
  channel.variables.set('local_media_ip', media.at.address);
  channel.variables.set('local_media_port', String(media.at.port));
  return channel;
}

function hear(channel: Channel, frame: Int16Array): void {
  for (const recorder of channel.recorders.values()) recorder.heard(frame);
  passOn(channel, frame);
}

function tellDigit(board: Board, channel: Channel, digit: string, duration: number): void {
  fireOf(board, channel, 'DTMF', [
    ['DTMF-Digit', digit],
    ['DTMF-Duration', String(duration)],
    ['DTMF-Source', 'RTP'],
  ]);
}

function callerLines(
  id: string,
  name: string,
  { request, from }: Arrived,
  user: string | undefined,
) {
  const target = parseUri(request.uri);
  const lines: EventLines = [
    ['Direction', 'inbound'],
    ['Logical-Direction', 'inbound'],
    ...(user === undefined ? [] : ([['Username', user]] as const)),
    ['Dialplan', 'XML'],
    ['Caller-ID-Name', user ?? 'unknown'],
    ...(user === undefined ? [] : ([['Caller-ID-Number', user]] as const)),
    ['Network-Addr', from.address],
    ...(user === undefined ? [] : ([['ANI', user]] as const)),
    ['Destination-Number', target.kind === 'sip' ? (target.user ?? '') : ''],
    ['Unique-ID', id],
    ['Source', 'mod_sofia'],
    ['Context', 'mrf'],
    ['Channel-Name', name],
    ['Profile-Index', '1'],
  ];
  return lines;
}

/** Headers of the caller's own come in whatever they are called. */
function variablesOf(id: string, name: string, { request, from }: Arrived): Map<string, string> {
  const { headers } = request;
  const variables = new Map([
    ['direction', 'inbound'],
    ['uuid', id],
    ['channel_name', name],
    ['sip_network_ip', from.address],
    ['sip_network_port', String(from.port)],
    ['sip_received_ip', from.address],
    ['sip_received_port', String(from.port)],
    ['sip_via_protocol', 'udp'],
    ['sip_from_uri', request.from.uri.replace(/^sips?:/, '')],
    ['sip_to_uri', request.to.uri.replace(/^sips?:/, '')],
    ['sip_req_uri', request.uri.replace(/^sips?:/, '')],
    ['sip_call_id', request.callId],
    ['sip_user_agent', headerValue(headers, 'user-agent') ?? ''],
  ]);
  for (const { name: lower, written, value } of headers)
    if (lower.startsWith('x-')) variables.set(`sip_h_${written}`, value);
  return variables;
}
