import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import FsmrfLibrary from 'drachtio-fsmrf';
import MediaServerLibrary from 'drachtio-fsmrf/lib/mediaserver.js';
import eslLibrary from 'drachtio-modesl';

/**
 * The part of drachtio-fsmrf 5 and drachtio-modesl 1 that the node uses, as their source has it;
 * they declare nothing themselves.
 */

/** The answer to a command. */
export type EslAnswer = { getBody(): string };

/** The event socket of one FreeSWITCH, which comes back by itself unless `closing`. */
export type EslConnection = {
  closing: boolean;
  /** Null when it is gone. */
  readonly socket: Socket | null;
  on(event: string, listener: (...what: unknown[]) => void): EslConnection;
  removeAllListeners(): EslConnection;
  api(command: string, onAnswer: (answer: EslAnswer) => void): void;
  disconnect(): void;
};

type Esl = {
  readonly Connection: new (
    host: string,
    port: number,
    secret: string,
    onReady: () => void,
  ) => EslConnection;
};

/** Of drachtio-srf, fsmrf uses this much. */
type Srf = {
  createUAC(
    uri: string,
    options: {
      readonly headers: Readonly<Record<string, string>>;
      readonly localSdp?: string | undefined;
    },
  ): Promise<unknown>;
};

/** One channel of FreeSWITCH. */
export type Endpoint = EventEmitter & {
  readonly uuid: string;
  /** The event socket of this channel alone; null when it is gone. */
  readonly conn: EslConnection | null;
  readonly local: { readonly sdp: string | null };
  readonly dialog: unknown;
  set(values: Record<string, string>): Promise<void>;
  /** Rejects when there is no such file. Resolves when it has been played, or broken off. */
  play(file: string): Promise<unknown>;
  modify(sdp: string): Promise<unknown>;
  bridge(other: Endpoint): Promise<void>;
  api(command: string, args: readonly string[]): Promise<EslAnswer>;
  getChannelVariables(withMedia: boolean): Promise<Record<string, string | number | undefined>>;
};

export type MediaServer = EventEmitter & {
  /** It is being closed: no word of a lost connection. */
  closing: boolean;
  readonly sip: { readonly ipv4: { readonly udp: { address?: string } } };
  createEndpoint(options: { remoteSdp?: string }): Promise<Endpoint>;
  disconnect(): void;
};

type Mrf = object;

export const { Connection } = eslLibrary as Esl;
export const Fsmrf = FsmrfLibrary as new (srf: Srf) => Mrf;
export const FsmrfServer = MediaServerLibrary as new (
  connection: EslConnection,
  mrf: Mrf,
  listenAddress: string,
  listenPort: number,
  advertisedAddress: string | undefined,
  advertisedPort: number | undefined,
  profile: string,
) => MediaServer;
