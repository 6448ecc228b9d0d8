import type { EventEmitter } from 'node:events';
import FsmrfLibrary from 'drachtio-fsmrf';

/** The part of drachtio-fsmrf 5 that the suite uses, as its source has it. */
export type Mrf = {
  connect(options: {
    address: string;
    port: number;
    secret: string;
    listenAddress: string;
  }): Promise<MediaServer>;
};

export type MediaServer = EventEmitter & {
  readonly maxSessions: number;
  readonly sip: { readonly ipv4: { readonly udp: { readonly address?: string } } };
  connected(): boolean;
  api(command: string): Promise<string>;
  createEndpoint(options: { remoteSdp?: string }): Promise<Endpoint>;
  disconnect(): void;
};

type Played = {
  readonly playbackMilliseconds: string;
  readonly playbackLastOffsetPos: string;
};

export type Endpoint = EventEmitter & {
  readonly uuid: string;
  readonly connected: boolean;
  readonly local: { readonly sdp: string };
  readonly remote: { readonly mediaPort: string };
  readonly dialog: { readonly remote: { readonly sdp: string }; destroy(): Promise<void> };
  play(file: string): Promise<Played>;
  set(name: string, value: string): Promise<void>;
  bridge(other: Endpoint): Promise<void>;
  unbridge(): Promise<void>;
  modify(sdp: string): Promise<string>;
  api(command: string, args: readonly string[]): Promise<unknown>;
  recordSession(path: string): Promise<unknown>;
  getChannelVariables(includeMedia: boolean): Promise<Record<string, string | number>>;
  destroy(): Promise<void>;
};

export const Fsmrf = FsmrfLibrary as new (srf: unknown) => Mrf;
