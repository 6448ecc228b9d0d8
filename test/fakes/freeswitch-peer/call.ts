import { randomBytes, randomInt } from 'node:crypto';
import { NO_OCTETS, type Octets } from '../../../lib/base/brands.ts';
import { type Alarms, clearAlarms, setAlarm } from '../../../lib/engine/builtin/alarms.ts';
import {
  type Dialog,
  inOrder,
  targetOf,
  uasDialog,
} from '../../../lib/engine/builtin/proto/dialog.ts';
import { header } from '../../../lib/sip/header-names.ts';
import { headerValue } from '../../../lib/sip/headers.ts';
import { tagOf } from '../../../lib/sip/ids.ts';
import { reasonPhrase } from '../../../lib/sip/status.ts';
import { T1_MS, T2_MS, TRANSACTION_MS } from '../../../lib/sip/timer-values.ts';
import { type Board, type Channel, fireOf, setCallState } from './channel.ts';
import type { Law } from './g711.ts';
import { hangUp } from './hang-up.ts';
import { openOutbound } from './outbound.ts';
import {
  type For,
  type LocalAudio,
  type RemoteAudio,
  readAudio,
  turned,
  writeAudio,
  writeOffer,
} from './sdp.ts';
import type { Arrived, SipDoor } from './sip-door.ts';

/** A channel and its dialog. */
export type Call = {
  readonly channel: Channel;
  dialog: Dialog;
  /** The address that its INVITE names for the event socket. */
  readonly place: string;
  /** Of the SDPs that this side writes. */
  readonly sdpId: number;
  sdpVersion: number;
  /** Of SRTP, which it offers and never speaks. */
  readonly key: string;
  /** The 200 that waits for its ACK, in which an answer may have to come. */
  readonly alarms: Alarms;
  owesAnswer: boolean;
  /** It began without an offer: its answers have a second medium that nobody offered. */
  isLate: boolean;
  /** What was written last, but for the version. */
  written: string;
  hasSocket: boolean;
};

const LAWS: readonly Law[] = ['PCMU', 'PCMA'];
const EVENT_TYPE = 101;

export function newCall(channel: Channel, { request }: Arrived): Call {
  return {
    channel,
    dialog: uasDialog(request, tagOf(randomBytes(7).toString('hex'))),
    place: headerValue(request.headers, 'x-esl-outbound') ?? '',
    sdpId: randomInt(1_000_000_000, 2_000_000_000),
    sdpVersion: randomInt(1_000_000_000, 2_000_000_000),
    key: randomBytes(30).toString('base64'),
    alarms: {},
    owesAnswer: false,
    isLate: request.body === NO_OCTETS,
    written: '',
    hasSocket: false,
  };
}

/** Answers an INVITE or a re-INVITE of a call: to an offer an answer, otherwise with an offer. */
export function answer(board: Board, door: SipDoor, call: Call, arrived: Arrived): void {
  const { channel } = call;
  const { body, cseq, headers } = arrived.request;
  const target = targetOf(headers);
  const dialog = inOrder(call.dialog, cseq.number);
  if (dialog === undefined) {
    refuse(door, arrived, 500, call.dialog);
    return;
  }
  call.dialog = target === undefined ? dialog : { ...dialog, target };
  const offer = body === NO_OCTETS ? undefined : readAudio(body);
  if (body !== NO_OCTETS && (offer === undefined || offer.laws.length === 0)) {
    refuse(door, arrived, 488, call.dialog);
    return;
  }
  call.owesAnswer = offer === undefined;
  const write =
    offer === undefined
      ? ownOffer(board, call)
      : ownAnswer(call, offer, follow(board, call, offer, body));
  const sdp = written(call, write);
  sendAnswer(board, door, call, arrived, sdp);
  if (channel.callState !== 'RINGING') return;
  channel.variables.set('endpoint_disposition', 'ANSWER');
  setCallState(board, channel, 'ACTIVE');
  fireOf(board, channel, 'CHANNEL_ANSWER');
  if (offer !== undefined) openSocket(board, call);
}

function openSocket(board: Board, call: Call): void {
  if (call.hasSocket) return;
  call.hasSocket = true;
  openOutbound(board, call.channel, call.place);
}

/** A 2xx goes out again and again until its ACK is there, and without one the call ends. */
function sendAnswer(board: Board, door: SipDoor, call: Call, arrived: Arrived, body: Octets): void {
  const { timers } = board.world;
  const { alarms, channel, dialog } = call;
  const bytes = door.respond(arrived, {
    status: 200,
    reason: reasonPhrase(200),
    tag: dialog.localTag,
    formsDialog: true,
    headers: [
      header('Contact', `<sip:drachtio@${door.at.address}:${door.at.port};transport=udp>`),
      header('User-Agent', 'FreeSWITCH-peer'),
      header('Allow', 'INVITE, ACK, BYE, CANCEL, OPTIONS'),
      header('Content-Type', 'application/sdp'),
    ],
    body,
  });
  clearAlarms(timers, alarms);
  const again = (delayMs: number) => {
    setAlarm(timers, alarms, 'again', delayMs, () => {
      door.repeat(arrived, bytes);
      again(Math.min(2 * delayMs, T2_MS));
    });
  };
  again(T1_MS);
  setAlarm(timers, alarms, 'give-up', TRANSACTION_MS, () => {
    clearAlarms(timers, alarms);
    board.pulse.run(() => hangUp(board, channel, 'RECOVERY_ON_TIMER_EXPIRE', 'us'));
  });
}

export function refuse(door: SipDoor, arrived: Arrived, status: number, dialog?: Dialog): void {
  door.respond(arrived, {
    status,
    reason: reasonPhrase(status),
    tag: dialog?.localTag ?? tagOf(randomBytes(7).toString('hex')),
    formsDialog: false,
    headers: [],
    body: NO_OCTETS,
  });
}

/** A call that began without an offer gets its socket when the answer to ours is there. */
export function acknowledged(board: Board, call: Call, { request }: Arrived): void {
  clearAlarms(board.world.timers, call.alarms);
  if (!call.owesAnswer) return;
  call.owesAnswer = false;
  const told = readAudio(request.body);
  if (told === undefined || told.laws.length === 0) {
    hangUp(board, call.channel, 'INCOMPATIBLE_DESTINATION', 'us');
    return;
  }
  follow(board, call, told, request.body);
  openSocket(board, call);
}

type Write = (version: number, purpose: For) => Octets;

/** The version grows with what is said; the channel says it in a variable, too. */
function written(call: Call, write: Write): Octets {
  const text = write(0, 'variable');
  if (text !== call.written) call.sdpVersion += 1;
  call.written = text;
  call.channel.variables.set('rtp_local_sdp_str', write(call.sdpVersion, 'variable'));
  return write(call.sdpVersion, 'wire');
}

function ownOffer({ settings }: Board, call: Call): Write {
  const { media } = call.channel;
  const law = media.flow?.law;
  const laws = law === undefined ? LAWS : [law];
  return (version, purpose) => {
    const audio: LocalAudio = {
      at: media.at,
      id: call.sdpId,
      version,
      laws,
      eventType: EVENT_TYPE,
      direction: 'sendrecv',
      hasNoise: true,
    };
    return settings.offersSecure
      ? writeOffer(audio, purpose, call.key)
      : writeAudio(audio, purpose);
  };
}

function ownAnswer(call: Call, offer: RemoteAudio, law: Law): Write {
  const { channel, isLate, sdpId } = call;
  const below = isLate ? ['m=audio 0 RTP/AVP 19'] : [];
  return (version, purpose) => {
    const audio: LocalAudio = {
      at: channel.media.at,
      id: sdpId,
      version,
      laws: [law],
      eventType: isLate ? EVENT_TYPE : offer.eventType,
      direction: turned(offer.direction),
      hasNoise: isLate,
    };
    return writeAudio(audio, purpose, [], purpose === 'wire' ? below : []);
  };
}

/** Sends where an SDP says from now on; answers with what: the first law of an offer. */
function follow(board: Board, { channel }: Call, told: RemoteAudio, text: Octets): Law {
  const { media, variables } = channel;
  const law = told.laws[0] ?? 'PCMU';
  const direction = turned(told.direction);
  media.follow({ to: told.at, law, eventType: told.eventType, direction });
  variables.set('switch_r_sdp', text);
  variables.set('remote_media_ip', told.at.address);
  variables.set('remote_media_port', String(told.at.port));
  variables.set('rtp_use_codec_name', law);
  variables.set('rtp_use_codec_rate', '8000');
  variables.set('rtp_use_codec_ptime', '20');
  variables.set('dtmf_type', told.eventType === undefined ? 'none' : 'rfc2833');
  const isHeld = told.direction === 'sendonly' || told.direction === 'inactive';
  if (channel.callState !== 'RINGING') setCallState(board, channel, isHeld ? 'HELD' : 'ACTIVE');
  return law;
}
