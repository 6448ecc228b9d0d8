import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import Srf from 'drachtio-srf';

/**
 * The part of drachtio-srf 5 that this engine uses, as its source has it; its own declarations
 * leave much of this out and have some of it wrong.
 */
export type SrfMessage = {
  readonly type: 'request' | 'response';
  /** As drachtio-server passed it on. */
  readonly raw: string | undefined;
  /** `application` for what drachtio-server made by itself. */
  readonly source: 'network' | 'application';
  readonly source_address: string;
  readonly source_port: number;
  readonly protocol: string;
};

export type SrfHeaders = Record<string, string>;

export type SrfContent = { headers: SrfHeaders; body?: string };

/** The library has both sorts; no error is null or nothing. */
export type SrfError = Error | string | null | undefined;

export function whyOf(error: SrfError): string {
  return typeof error === 'string' ? error : (error?.message ?? 'it says not why');
}

export type SrfCallback = (error: SrfError, request?: SrfSent) => void;

/** Sends ACK in the dialog of a 2xx. */
export type SrfAck = (content: SrfContent, callback: (error: SrfError) => void) => void;

/** A request of ours that drachtio-server has taken. */
export type SrfSent = SrfMessage & {
  on(event: 'response', listener: (response: SrfResponse, ack: SrfAck) => void): void;
  /** An UPDATE of the far end with the same Call-ID comes here, and nowhere else. */
  on(event: 'update', listener: (request: SrfReceived, reply: SrfReply) => void): void;
  cancel(options: { headers: SrfHeaders }, callback: SrfCallback): void;
};

export type SrfResponse = SrfMessage & { readonly status: number; readonly reason: string };

/** A request of the far end. */
export type SrfReceived = SrfMessage & {
  readonly method: string;
  readonly stackDialogId: string | undefined;
};

export type SrfReply = {
  readonly msg: { status: number; reason: string };
  readonly agent: {
    sendResponse(reply: SrfReply, content: SrfContent, callback: (error: SrfError) => void): void;
  };
};

export type SrfRequest = SrfContent & {
  uri: string;
  method: string;
  /** The next hop, as a SIP URI. Heeded outside of dialogs only. */
  proxy?: string;
  stackDialogId?: string;
};

export type SrfOptions = {
  host: string;
  port: number;
  secret: string;
  reconnect: { retryMaxDelay: number };
};

type Connected = [
  error: unknown,
  hostports: string | undefined,
  version: string | undefined,
  localHostports: string | undefined,
];

export interface SrfClient extends EventEmitter {
  connect(options: SrfOptions): unknown;
  on(event: 'connect', listener: (...connected: Connected) => void): this;
  on(event: 'error', listener: (error: Error) => void): this;
  on(event: 'close', listener: () => void): this;
  /** Hears every request that comes. */
  use(listener: (request: SrfReceived, reply: SrfReply) => void): unknown;
  /** Throws when no connection is up. */
  request(request: SrfRequest, callback: SrfCallback): void;
  disconnect(socket?: Socket): void;
}

export function srfClient(): SrfClient {
  return new Srf() as unknown as SrfClient;
}
