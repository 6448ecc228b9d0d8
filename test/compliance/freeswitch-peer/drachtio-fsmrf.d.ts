declare module 'drachtio-fsmrf' {
  import type { EventEmitter } from 'node:events';

  /** The part of drachtio-fsmrf 5 that the suite uses, as its source has it. */
  // biome-ignore lint/style/noDefaultExport: the library has it so.
  export default class Mrf {
    constructor(srf: unknown);
    connect(options: {
      address: string;
      port: number;
      secret: string;
      listenAddress: string;
    }): Promise<MediaServer>;
  }

  export class MediaServer extends EventEmitter {
    readonly maxSessions: number;
    readonly currentSessions: number;
    readonly sip: { readonly ipv4: { readonly udp: { readonly address?: string } } };
    connected(): boolean;
    api(command: string): Promise<string>;
    createEndpoint(options: { remoteSdp?: string }): Promise<Endpoint>;
    disconnect(): void;
  }

  export type Played = {
    readonly playbackMilliseconds: string;
    readonly playbackLastOffsetPos: string;
  };

  export class Endpoint extends EventEmitter {
    readonly uuid: string;
    readonly connected: boolean;
    readonly local: { readonly sdp: string };
    readonly remote: { readonly sdp: string; readonly mediaPort: string };
    readonly dialog: EventEmitter & {
      readonly remote: { readonly sdp: string };
      destroy(): Promise<void>;
    };
    play(file: string | readonly string[]): Promise<Played>;
    set(name: string, value: string): Promise<void>;
    bridge(other: Endpoint): Promise<void>;
    unbridge(): Promise<void>;
    modify(sdp: string): Promise<string>;
    api(command: string, args?: readonly string[]): Promise<{ readonly body: string }>;
    execute(app: string, arg?: string): Promise<unknown>;
    recordSession(path: string): Promise<unknown>;
    getChannelVariables(includeMedia: boolean): Promise<Record<string, string | number>>;
    destroy(): Promise<void>;
  }
}
