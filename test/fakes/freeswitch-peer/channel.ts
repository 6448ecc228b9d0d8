import { randomUUID } from 'node:crypto';
import type { World } from '../../../lib/base/time.ts';
import type { Address } from '../../../lib/sip/address.ts';
import { type Core, type EslEvent, type EventLines, eventOf } from './esl-event.ts';
import type { Faults } from './faults.ts';
import type { Listener } from './listener.ts';
import type { MediaPort } from './media-port.ts';
import type { Pulse } from './pulse.ts';
import type { Recorder } from './recorder.ts';
import type { Stage } from './stage.ts';

export type CallState = 'RINGING' | 'ACTIVE' | 'HELD' | 'HANGUP';

/** One leg of a call. */
export type Channel = {
  readonly id: string;
  /** `sofia/profile/user@host`. */
  readonly name: string;
  /** Lines that every event of it has. */
  readonly caller: EventLines;
  readonly variables: Map<string, string>;
  readonly media: MediaPort;
  readonly stage: Stage;
  readonly recorders: Map<string, Recorder>;
  callState: CallState;
  /** How it ended; undefined: it is up. */
  hangupCause: string | undefined;
  bridgedWith: Channel | undefined;
  /** It runs the dialplan's `socket`, which its first bridge or its end is the end of. */
  isInSocket: boolean;
  /** How many playbacks have begun and are not over; a bridge is silent meanwhile. */
  playing: number;
  /** Its outbound event socket. */
  listener: Listener | undefined;
  /** Ends its dialog at the far end. */
  sayBye(cause: string): void;
};

export type Settings = {
  /** Of the sofia profile. */
  readonly profile: string;
  readonly secret: string;
  readonly sip: Address;
  readonly mediaAddress: string;
  readonly soundsFolder: string;
  readonly sessionsMax: number;
  readonly offersSecure: boolean;
};

/** What all parts of the peer share. */
export type Board = {
  readonly world: World;
  readonly pulse: Pulse;
  readonly faults: Faults;
  readonly core: Core;
  readonly settings: Settings;
  readonly channels: Map<string, Channel>;
  readonly listeners: Set<Listener>;
};

export function newCore(address: string): Core {
  return { uuid: randomUUID(), hostname: 'freeswitch-peer', address, sequence: 0 };
}

/** Sends it, and writes it down where the call is recorded. */
export function speak({ media, recorders }: Channel, frame: Int16Array): void {
  media.sendFrame(frame);
  for (const recorder of recorders.values()) recorder.spoken(frame);
}

/** Tells it to everybody who wants to know. */
export function fire(board: Board, name: string, lines: EventLines, body?: string): void {
  tell(board, eventOf(board.world, board.core, name, lines, body));
}

/** An event of a channel, with what FreeSWITCH says of the channel in events of that name. */
export function fireOf(board: Board, channel: Channel, name: string, more: EventLines = []): void {
  const isBare = WITHOUT_VARIABLES.has(name);
  const lines = isBare ? basicLines(channel) : channelLines(channel);
  fire(board, name, [...lines, ...more]);
}

function tell({ listeners }: Board, event: EslEvent): void {
  for (const listener of listeners) listener.tell(event);
}

const WITHOUT_VARIABLES: ReadonlySet<string> = new Set([
  'CHANNEL_CALLSTATE',
  'CHANNEL_STATE',
  'DTMF',
]);

/** All that there is to say of a channel. */
export function channelLines(channel: Channel): EventLines {
  const variables = [...channel.variables].map(
    ([name, value]) => [`variable_${name}`, value] as const,
  );
  return [...basicLines(channel), ...variables];
}

function basicLines(channel: Channel): EventLines {
  const { id, name, callState, hangupCause, media } = channel;
  const law = media.flow?.law;
  const codec = (way: string): EventLines =>
    law === undefined
      ? []
      : [
          [`Channel-${way}-Codec-Name`, law],
          [`Channel-${way}-Codec-Rate`, '8000'],
          [`Channel-${way}-Codec-Bit-Rate`, '64000'],
        ];
  return [
    ['Channel-State', hangupCause === undefined ? stateOf(channel) : 'CS_HANGUP'],
    ['Channel-Call-State', callState],
    ['Channel-State-Number', hangupCause === undefined ? '4' : '10'],
    ['Channel-Name', name],
    ['Unique-ID', id],
    ['Call-Direction', 'inbound'],
    ['Presence-Call-Direction', 'inbound'],
    ['Channel-HIT-Dialplan', 'true'],
    ['Channel-Call-UUID', id],
    ['Answer-State', answerState(channel)],
    ...(hangupCause === undefined ? [] : ([['Hangup-Cause', hangupCause]] as const)),
    ...codec('Read'),
    ...codec('Write'),
    ...channel.caller.map(([key, value]) => [`Caller-${key}`, value] as const),
  ];
}

function stateOf({ bridgedWith }: Channel): string {
  return bridgedWith === undefined ? 'CS_EXECUTE' : 'CS_EXCHANGE_MEDIA';
}

function answerState({ callState, hangupCause }: Channel): string {
  if (hangupCause !== undefined) return 'hangup';
  return callState === 'RINGING' ? 'ringing' : 'answered';
}

/** Says so if it has changed. */
export function setCallState(board: Board, channel: Channel, callState: CallState): void {
  const { callState: before } = channel;
  if (before === callState || before === 'HANGUP') return;
  channel.callState = callState;
  fire(board, 'CHANNEL_CALLSTATE', [
    ['Original-Channel-Call-State', before],
    ['Channel-Call-State-Number', NUMBERS[callState]],
    ...basicLines(channel),
  ]);
}

const NUMBERS: Readonly<Record<CallState, string>> = {
  RINGING: '2',
  ACTIVE: '4',
  HELD: '5',
  HANGUP: '7',
};
