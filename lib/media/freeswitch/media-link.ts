import type { Alarm, World } from '../../base/time.ts';
import { whyOf } from '../../base/why-of.ts';
import { writeAddress } from '../../sip/address.ts';
import {
  Connection,
  type Endpoint,
  type EslConnection,
  Fsmrf,
  FsmrfServer,
  type MediaServer,
} from './fsmrf.ts';
import type { FreeswitchServer, Network } from './options.ts';
import type { SipLeg, SipLegs } from './sip-legs.ts';

export type MediaLinkParts = {
  readonly world: World;
  readonly server: FreeswitchServer;
  readonly legs: Pick<SipLegs, 'createUAC'>;
  /** It is up, or not, from now on; also when it never was, once for each reason. */
  readonly onTurned: (link: MediaLink, isUp: boolean, why: string) => void;
};

export type Channel = { readonly endpoint: Endpoint; readonly leg: SipLeg };

const RETRY_MS = 500;
/** For connection, secret and profiles. */
const GREETING_MS = 2000;
/** How often it is asked whether it lives, and how many answers it may owe. */
const BEAT_MS = 500;
const BEATS_OWED_MAX = 2;

type Up = {
  readonly media: MediaServer;
  readonly addresses: Addresses;
  beat: Alarm;
  owed: number;
};
type Addresses = Readonly<Record<Network, string>>;

/**
 * The connection to one FreeSWITCH. drachtio-fsmrf says nothing of a wrong secret, throws in its
 * own callback when a profile is missing, connects again without looking for it, and waits for ever
 * on a server that hangs. So the connection is made and tried here, each try anew.
 */
export class MediaLink {
  /** `address:port` of its event socket. */
  readonly name: string;
  readonly #parts: MediaLinkParts;
  readonly #mrf: object;
  #connection: EslConnection | undefined;
  #media: MediaServer | undefined;
  #up: Up | undefined;
  /** The end of the greeting, or the next try. */
  #alarm: Alarm | undefined;
  #whyDown = 'it has not answered yet';
  #isClosed = false;

  constructor(parts: MediaLinkParts) {
    const { server, legs } = parts;
    this.#parts = parts;
    this.name = writeAddress(server.esl);
    this.#mrf = new Fsmrf({ createUAC: (uri, options) => legs.createUAC(uri, options) });
    this.#connect();
  }

  get isUp(): boolean {
    return this.#up !== undefined;
  }

  /**
   * A new channel: for SDP of the far end, else with an offer of its own. Rejects when there is
   * none; whoever waits no longer has to end what it resolves with.
   */
  async channel(network: Network, sdp: string | undefined): Promise<Channel> {
    if (this.#up === undefined) throw new Error(this.#whyDown);
    const { media, addresses } = this.#up;
    // Which profile is called is read when it is asked for, and at no other time.
    media.sip.ipv4.udp.address = addresses[network];
    const endpoint = await media.createEndpoint(sdp === undefined ? {} : { remoteSdp: sdp });
    hasten(endpoint.conn);
    return { endpoint, leg: endpoint.dialog as SipLeg };
  }

  /** Records both sides of a channel's call to a file of that name; rejects when it does not. */
  async record({ endpoint }: Channel, name: string): Promise<void> {
    const { recordings } = this.#parts.server;
    if (recordings === undefined) throw new Error('it has no folder for recordings');
    const file = `${recordings}/${name}.wav`;
    const answer = await endpoint.api('uuid_record', [endpoint.uuid, 'start', file]);
    const text = answer.getBody().trim();
    if (!text.startsWith('+OK')) throw new Error(text);
  }

  /** Whether it still has a channel; true too while it cannot be asked. */
  has({ endpoint }: Channel): Promise<boolean> {
    const connection = this.#connection;
    if (this.#up === undefined || connection === undefined) return Promise.resolve(true);
    return new Promise((resolve) => {
      const { timers } = this.#parts.world;
      const alarm = timers.set(GREETING_MS, () => resolve(true));
      connection.api(`uuid_exists ${endpoint.uuid}`, (answer) => {
        timers.clear(alarm);
        resolve(answer.getBody().trim() !== 'false');
      });
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#giveUp();
  }

  #connect(): void {
    const { esl, secret } = this.#parts.server;
    const made = new Connection(esl.address, esl.port, secret, () => this.#look(made));
    this.#connection = made;
    const down = (why: string) => () => {
      if (made === this.#connection) this.#lose(why);
    };
    made.on('error', (error) => down(whyOf(error))());
    made.on('esl::end', down('its connection was lost'));
    made.on('esl::event::auth::fail', down('it refused the secret'));
    made.on('esl::event::raw::text/rude-rejection', down('its access list refused this site'));
    this.#alarm = this.#parts.world.timers.set(GREETING_MS, down('it does not answer'));
  }

  /** A library that finds no profile throws where nobody can catch it. */
  #look(made: EslConnection): void {
    const { profiles } = this.#parts.server;
    if (made !== this.#connection) return;
    hasten(made);
    made.api('sofia status', (answer) => {
      if (made !== this.#connection) return;
      const outside = profileAddress(answer.getBody(), profiles.outside);
      const inside = profileAddress(answer.getBody(), profiles.inside);
      if (outside !== undefined && inside !== undefined) this.#greet(made, { outside, inside });
      else {
        const missing = outside === undefined ? profiles.outside : profiles.inside;
        this.#lose(`it has no profile ${missing} that speaks UDP on IPv4`);
      }
    });
  }

  #greet(made: EslConnection, addresses: Addresses): void {
    const { server, world, onTurned } = this.#parts;
    const { listen, advertise, profiles } = server;
    const from = [listen.address, listen.port, advertise, undefined] as const;
    const media = new FsmrfServer(made, this.#mrf, ...from, profiles.outside);
    this.#media = media;
    media.once('ready', () => {
      if (media !== this.#media) return;
      this.#clearAlarm();
      this.#up = { media, addresses, owed: 0, beat: world.timers.set(BEAT_MS, () => this.#beat()) };
      onTurned(this, true, '');
    });
    media.on('error', (error: Error) => {
      if (media === this.#media) this.#lose(error.message);
    });
  }

  #beat(): void {
    const up = this.#up;
    if (up === undefined) return;
    if (up.owed >= BEATS_OWED_MAX) {
      this.#lose('it does not answer');
      return;
    }
    up.owed += 1;
    this.#connection?.api('status', () => {
      up.owed = 0;
    });
    up.beat = this.#parts.world.timers.set(BEAT_MS, () => this.#beat());
  }

  #lose(why: string): void {
    const isNews = this.#up !== undefined || this.#whyDown !== why;
    this.#giveUp();
    this.#whyDown = why;
    if (this.#isClosed) return;
    this.#alarm = this.#parts.world.timers.set(RETRY_MS, () => this.#connect());
    if (isNews) this.#parts.onTurned(this, false, why);
  }

  #giveUp(): void {
    this.#clearAlarm();
    if (this.#up !== undefined) this.#parts.world.timers.clear(this.#up.beat);
    if (this.#connection !== undefined) end(this.#connection, this.#media);
    this.#up = undefined;
    this.#media = undefined;
    this.#connection = undefined;
  }

  #clearAlarm(): void {
    if (this.#alarm !== undefined) this.#parts.world.timers.clear(this.#alarm);
    this.#alarm = undefined;
  }
}

/** Its library writes each command in two parts, and the second would wait for 40 ms. */
function hasten(connection: EslConnection | null): void {
  connection?.socket?.setNoDelay(true);
}

/** For good: neither of the two libraries is to try again, or to speak of it. */
function end(connection: EslConnection, media: MediaServer | undefined): void {
  connection.removeAllListeners();
  // A socket may still fail later, and an error without a listener would be thrown.
  connection.on('error', () => undefined);
  connection.closing = true;
  if (media !== undefined) {
    media.closing = true;
    media.removeAllListeners();
    media.on('error', () => undefined);
  }
  try {
    if (media === undefined) connection.disconnect();
    else media.disconnect();
  } catch {
    // It has not begun to listen, and closes what is not there.
    connection.disconnect();
  }
}

/** `drachtio_mrf  profile  sip:mod_sofia@10.0.0.5:5080  RUNNING (0)`. */
function profileAddress(status: string, profile: string): string | undefined {
  for (const line of status.split('\n')) {
    const [name, , at] = line.trim().split(/\s+/);
    const place = /^sip:mod_sofia@([0-9.]+:\d+)$/.exec(at ?? '');
    if (name === profile && place !== null && !line.includes('(TLS)')) return place[1];
  }
  return undefined;
}
