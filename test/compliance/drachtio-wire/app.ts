import type { Socket } from 'node:net';
import Srf from 'drachtio-srf';
import { until } from '../../support/until.ts';
import { SECRET, type Subject } from './subject.ts';

/** What of drachtio-srf these tests use; its own declarations lack much of it. */
export type SrfMessage = {
  readonly raw: string;
  readonly source: string;
  readonly source_address: string;
  readonly source_port: number;
  readonly stackTxnId: string;
  readonly stackDialogId: string | undefined;
  readonly socket: Socket;
};
type Content = { headers?: Record<string, string>; body?: string };
type Callback = (error: unknown, message?: unknown) => void;
type SrfResponse = SrfMessage & { readonly status: number };
type Ack = (content: Content, callback: Callback) => void;
type SrfSent = SrfMessage & {
  on(event: 'response', listener: (response: SrfResponse, ack: Ack) => void): void;
  on(event: 'update', listener: (request: SrfRequest, reply: SrfReply) => void): void;
  cancel(content: Content, callback: Callback): void;
};
type SrfRequest = SrfMessage & {
  readonly method: string;
  on(event: 'cancel', listener: () => void): void;
};
type SrfReply = {
  send(status: number, reason: string, content: Content, callback: Callback): void;
};
type Client = {
  connect(options: object): void;
  disconnect(): void;
  on(event: 'connect' | 'error', listener: (error: unknown) => void): void;
  use(listener: (request: SrfRequest, reply: SrfReply) => void): void;
  request(options: object, callback: (error: unknown, sent?: SrfSent) => void): void;
};

export type Said = Content & {
  method: string;
  uri: string;
  proxy?: string;
  stackDialogId?: string;
};

/** A response that the application was told of. */
export type Told = SrfResponse & {
  /** Answers the ACK as it was sent. */
  acknowledge(content?: Content): Promise<string>;
};

/** A request of the application that the server has sent. */
export type Asked = {
  readonly sent: SrfSent;
  readonly told: readonly Told[];
  isTold(status: number): Promise<Told>;
  /** UPDATE before the answer comes here and nowhere else. */
  isAsked(): Promise<Heard>;
  /** Answers the CANCEL as it will leave. */
  cancel(content?: Content): Promise<string>;
};

/** A request that the application was told of. */
export type Heard = SrfRequest & {
  /** Answers the response as it was sent. */
  answer(status: number, content?: Content): Promise<string>;
  isTakenBack(): boolean;
};

/** An application on drachtio-srf that listens for responses as soon as it may. */
export class App {
  readonly #srf: Client = new Srf() as unknown as Client;
  readonly heard: Heard[] = [];
  connections = 0;

  private constructor() {
    this.#srf.on('connect', (error) => {
      if (!error) this.connections += 1;
    });
    this.#srf.on('error', () => undefined);
    this.#srf.use((request, reply) => void this.heard.push(heard(request, reply)));
  }

  static async open({ admin }: Subject): Promise<App> {
    const app = new App();
    app.#srf.connect({ host: admin.address, port: admin.port, secret: SECRET });
    await app.isConnected(1);
    return app;
  }

  async isConnected(times: number): Promise<void> {
    await until(`connection ${times} of the application`, () => this.connections >= times);
  }

  ask(said: Said): Promise<Asked> {
    return new Promise((resolve, reject) => {
      this.#srf.request({ headers: {}, ...said }, (error, sent) => {
        if (sent === undefined) reject(error);
        else resolve(asked(sent));
      });
    });
  }

  hears(method: string, count = 1): Promise<Heard> {
    return until(
      `${method} at the application`,
      () => this.heard.filter((one) => one.method === method)[count - 1],
    );
  }

  close(): void {
    this.#srf.disconnect();
  }
}

function asked(sent: SrfSent): Asked {
  const told: Told[] = [];
  const updates: Heard[] = [];
  sent.on('update', (request, reply) => void updates.push(heard(request, reply)));
  sent.on('response', (response, ack) => {
    const acknowledge = (content: Content = {}) => textOf((done) => ack(content, done));
    told.push(Object.assign(response, { acknowledge }));
  });
  return {
    sent,
    told,
    isTold: (status) =>
      until(`${status} at the application`, () => told.find((one) => one.status === status)),
    isAsked: () => until('UPDATE at the application', () => updates[0]),
    cancel: (content = { headers: {} }) => textOf((done) => sent.cancel(content, done)),
  };
}

function heard(request: SrfRequest, reply: SrfReply): Heard {
  let isTakenBack = false;
  request.on('cancel', () => {
    isTakenBack = true;
  });
  return Object.assign(request, {
    answer: (status: number, content: Content = {}) =>
      textOf((done) => reply.send(status, 'As Answered', { headers: {}, ...content }, done)),
    isTakenBack: () => isTakenBack,
  });
}

/** What the server says that it has sent. */
function textOf(begin: (done: Callback) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    begin((error, message) => {
      if (error) reject(error instanceof Error ? error : new Error(JSON.stringify(error)));
      else resolve((message as { readonly raw: string }).raw);
    });
  });
}
