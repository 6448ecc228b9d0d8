import { never } from '../../base/never.ts';
import type { Alarm, World } from '../../base/time.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import type {
  Dispatch,
  PeerAnswer,
  PeerEars,
  PeerView,
  Rank,
  Telling,
  Unanswered,
} from '../../ports/peer-links.ts';
import { type Address, writeAddress } from '../../sip/address.ts';
import { isSpoken, VERSION, VERSION_OLDEST } from './frame.ts';
import { type Hello, Line, type LineEars, type LineEnd, type Talk } from './line.ts';
import { hasRoom } from './pressure.ts';
import { openQuestions } from './questions.ts';
import type { LinkSettings } from './settings.ts';
import { whichStays } from './surplus.ts';
import type { LinkEars, LinkSocket, LinkWires, Refused } from './wires.ts';

export type PeerOptions = {
  readonly site: number;
  readonly name: string;
  readonly link: Address;
};

export type PeerParts = {
  readonly world: World;
  readonly settings: LinkSettings;
  readonly wires: LinkWires;
  readonly sink: EventSink;
  readonly ears: PeerEars;
  readonly own: { readonly site: number; readonly epoch: number; readonly version?: number };
};

/** One that is up, and those that are on their way to be. */
const LINES_MAX = 4;
/** A link that was up for so long makes the next try a first one. */
const STEADY_MS = 5000;

/** The link to one other site: at most one line is up, and whenever none is, it is dialled. */
export class Peer {
  readonly #parts: PeerParts;
  readonly #options: PeerOptions;
  readonly #questions: ReturnType<typeof openQuestions>;
  readonly #lines = new Set<Line>();
  #up: Line | undefined;
  #upSince = 0;
  #dialling: LinkSocket | undefined;
  #alarm: Alarm | undefined;
  #failures = 0;
  /** Why the last try failed, as it was told. */
  #told: string | undefined;
  #isClosed = false;

  constructor(parts: PeerParts, options: PeerOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#questions = openQuestions(parts.world);
  }

  get view(): PeerView {
    const { site, name } = this.#options;
    const { rttMs, version, epoch = 0 } = this.#up ?? {};
    const link = version === undefined ? undefined : { epoch, version, rttMs };
    return { site, name, link };
  }

  start(): void {
    const { own, settings } = this.#parts;
    const isPolite = own.site > this.#options.site;
    this.#dialAfter(isPolite ? settings.courtesyMs : 0);
  }

  /** The site has dialled. Undefined: no more lines are taken. */
  arrived(socket: LinkSocket): LinkEars | undefined {
    if (this.#isClosed || this.#lines.size >= LINES_MAX) return undefined;
    return this.#openLine(socket, false).ears;
  }

  carry(dispatch: Dispatch, withinMs: number): Promise<PeerAnswer> {
    const { rank, subject, body } = dispatch;
    const why = this.#whyNot(dispatch);
    if (why !== undefined) return Promise.resolve({ kind: 'unknown', why });
    const { id, answer } = this.#questions.open(withinMs);
    this.#up?.send({ kind: 'ask', id, rank, subject, body });
    return answer;
  }

  tell(telling: Telling): boolean {
    const { rank, subject, body, mayWait = false } = telling;
    if (this.#whyNot(telling) !== undefined) return false;
    const frame = { kind: 'tell', rank, subject, body } as const;
    if (mayWait) this.#up?.sendLater(frame);
    else this.#up?.send(frame);
    return true;
  }

  close(): void {
    this.#isClosed = true;
    if (this.#alarm !== undefined) this.#parts.world.timers.clear(this.#alarm);
    this.#dialling?.cut();
    for (const line of this.#lines) line.leave('closing');
    this.#questions.allUnknown('closed');
  }

  #whyNot(dispatch: Dispatch): Unanswered | undefined {
    const { settings, sink } = this.#parts;
    const { rank } = dispatch;
    if (this.#isClosed) return 'closed';
    if (this.#up === undefined) return 'down';
    if (!isSpoken(dispatch, this.#up.version)) return 'not-understood';
    const fits =
      hasRoom(rank, this.#up.waitingBytes, settings.queueBytesMax) &&
      hasRoom(rank, this.#questions.size(), settings.asksMax);
    if (fits) return undefined;
    sink.count('peer_frames', `shed-${rank}`);
    return 'shed';
  }

  #dialAfter(delayMs: number): void {
    const { timers } = this.#parts.world;
    if (this.#alarm !== undefined) timers.clear(this.#alarm);
    this.#alarm = timers.set(delayMs, () => this.#dial());
  }

  #dial(): void {
    const isGreeting = [...this.#lines].some(({ isDialledHere }) => isDialledHere);
    if (this.#isClosed || this.#up !== undefined || this.#dialling !== undefined || isGreeting)
      return;
    let ears: LinkEars | undefined;
    const socket = this.#parts.wires.dial(this.#options.link, {
      onOpen: () => {
        this.#dialling = undefined;
        ears = this.#openLine(socket, true).ears;
      },
      onRefused: (why, says) => {
        this.#dialling = undefined;
        this.#tellFailure(why, says);
        this.#redial();
      },
      onBytes: (bytes) => ears?.onBytes(bytes),
      onClosed: () => ears?.onClosed(),
    });
    this.#dialling = socket;
  }

  #redial(): void {
    if (this.#isClosed || this.#up !== undefined) return;
    const { world, settings, own } = this.#parts;
    const { redialMsMin, redialMsMax, courtesyMs } = settings;
    const backOffMs = Math.min(redialMsMax, redialMsMin * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    const courtesy = own.site > this.#options.site ? courtesyMs : 0;
    this.#dialAfter(backOffMs * (0.5 + world.rng.fraction()) + courtesy);
  }

  #openLine(socket: LinkSocket, isDialledHere: boolean): Line {
    const { world, settings, own } = this.#parts;
    const { version = VERSION } = own;
    const from = { oldest: VERSION_OLDEST, from: own.site, epoch: own.epoch };
    const hello = { ...from, to: this.#options.site };
    const ears: LineEars = {
      onHello: (line, said, theirs) => this.#greeted(line, said, theirs),
      onTaken: (line) => this.#settle(line),
      onTalk: (line, frame) => this.#talk(line, frame),
      onSkipped: () => this.#parts.sink.count('peer_frames', 'skipped'),
      onEnd: (line, end) => this.#ended(line, end),
    };
    const line = new Line({ world, settings, isDialledHere, version, hello, ears }, socket);
    this.#lines.add(line);
    return line;
  }

  #greeted(line: Line, hello: Hello, version: number): void {
    const { own } = this.#parts;
    const spoken = Math.min(version, own.version ?? VERSION);
    if (hello.from !== this.#options.site || hello.to !== own.site) {
      this.#tellFailure('wrong-site', `it is site ${hello.from} and looks for ${hello.to}`);
      line.leave('wrong-site');
      return;
    }
    if (spoken < Math.max(hello.oldest, VERSION_OLDEST)) {
      this.#tellFailure('version', `it speaks ${hello.oldest} to ${version}`);
      line.leave('version');
      return;
    }
    this.#isSurplus(line);
  }

  #settle(line: Line): void {
    if (!this.#isSurplus(line)) this.#raise(line);
  }

  #isSurplus(line: Line): boolean {
    const stays = whichStays(this.#up, line, this.#parts.own.site, this.#options.site);
    if (stays === 'young') return false;
    line.leave(stays === 'old' ? 'surplus' : 'old-epoch');
    return true;
  }

  #raise(line: Line): void {
    const { world, sink, ears } = this.#parts;
    const { site, name } = this.#options;
    const { epoch = 0, version } = line;
    const former = this.#up;
    this.#up = line;
    this.#upSince = world.clock.mono();
    this.#told = undefined;
    former?.leave('surplus');
    if (former?.epoch === epoch) return;
    sink.note({ event: 'peer-up', level: 'info', peer: name, siteNumber: site, epoch, version });
    ears.onUp(site, epoch);
  }

  #talk(line: Line, frame: Talk): void {
    const { ears, sink } = this.#parts;
    const { site } = this.#options;
    switch (frame.kind) {
      case 'ask': {
        const { id, rank, subject, body } = frame;
        let isOwed = true;
        const reply = (answer: Buffer) => {
          if (isOwed && this.#mayAnswer(rank, line))
            line.send({ kind: 'answer', id, body: answer });
          isOwed = false;
        };
        ears.onAsked(site, subject, body, reply);
        return;
      }
      case 'answer':
        this.#questions.answered(frame.id, frame.body);
        return;
      case 'pass':
        sink.count('peer_frames', 'not-understood');
        this.#questions.unknown(frame.id, 'not-understood');
        return;
      case 'tell':
        ears.onTold(site, frame.subject, frame.body);
        return;
      default:
        never(frame);
    }
  }

  /** What is asked in bulk is asked again; an answer in front of a stray would hold that up. */
  #mayAnswer(rank: Rank, { waitingBytes }: Line): boolean {
    const { settings, sink } = this.#parts;
    if (rank !== 'bulk' || hasRoom(rank, waitingBytes, settings.queueBytesMax)) return true;
    sink.count('peer_frames', `shed-${rank}`);
    return false;
  }

  #ended(line: Line, end: LineEnd): void {
    this.#lines.delete(line);
    if (end.why === 'garbled') this.#parts.sink.count('peer_frames', 'garbled');
    if (this.#isClosed) return;
    if (this.#up !== line) {
      if (end.why !== 'surplus') this.#tellFailure(end.why, `ended by ${end.by}`);
      this.#redial();
      return;
    }
    const { world, sink, ears } = this.#parts;
    const { site, name } = this.#options;
    const { by, why } = end;
    const upMs = Math.round(world.clock.mono() - this.#upSince);
    this.#up = undefined;
    if (upMs >= STEADY_MS) this.#failures = 0;
    const level = why === 'closing' ? 'info' : 'warn';
    sink.note({ event: 'peer-down', level, peer: name, siteNumber: site, why, by, upMs });
    this.#questions.allUnknown('down');
    ears.onDown(site);
    this.#redial();
  }

  /** Once for each reason, until the link has been up again. */
  #tellFailure(why: Refused | LineEnd['why'], says: string): void {
    const { site, name, link } = this.#options;
    if (this.#told === why) return;
    this.#told = why;
    const at = writeAddress(link);
    const { sink } = this.#parts;
    sink.note({
      event: 'peer-refused',
      level: 'warn',
      peer: name,
      siteNumber: site,
      at,
      why,
      says,
    });
  }
}
