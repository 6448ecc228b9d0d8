/** What one site says to another, by what is to be done with it. */
export type Subject =
  /** Asks a holder to keep a claim, and whose the call is. */
  | 'claim'
  /** Asks a holder whose the transaction of a CANCEL is; where it is nobody's, that is kept. */
  | 'find'
  /** Tells what has become of a claim. */
  | 'held'
  /** Asks the owner to take a stray. */
  | 'stray'
  /** Tells the site that received a stray what to send from there. */
  | 'send'
  /** Asks the site that has a connection to send something on it. */
  | 'through'
  /** Asks for records of calls that have ended there. */
  | 'records';

/** Under pressure the last one goes first; `bulk` as soon as anything waits, its answer too. */
export type Rank = 'vital' | 'emergency' | 'ordinary' | 'bulk';

export type Dispatch = {
  /** A site number. */
  readonly to: number;
  readonly subject: Subject;
  readonly rank: Rank;
  readonly body: Buffer;
};

/** Something that is told. */
export type Telling = Dispatch & {
  /** It leaves with what is said next, at the next beat at the latest. Absent: at once. */
  readonly mayWait?: boolean;
};

export type PeerAnswer =
  | { readonly kind: 'answered'; readonly body: Buffer; readonly afterMs: number }
  | { readonly kind: 'unknown'; readonly why: Unanswered };

/** Why nothing is known of what the far site makes of it. */
export type Unanswered =
  /** There is no such peer, or no link to it. */
  | 'down'
  | 'late'
  /** There was no room on the link, and nothing was sent. */
  | 'shed'
  /** The far site speaks a version that knows no such subject, or no such rank. */
  | 'not-understood'
  | 'closed';

/** One other site, as this one sees it now. */
export type PeerView = {
  readonly site: number;
  /** As the configuration calls it. */
  readonly name: string;
  /** Absent: the link is down. */
  readonly link: PeerLinkView | undefined;
};

export type PeerLinkView = {
  /** The start of the far node that it is a link to. */
  readonly epoch: number;
  /** The version that both speak. */
  readonly version: number;
  /** Smoothed, milliseconds; absent: not measured yet. */
  readonly rttMs: number | undefined;
};

export interface PeerEars {
  onUp(site: number, epoch: number): void;
  onDown(site: number): void;
  onTold(from: number, subject: Subject, body: Buffer): void;
  /** `reply` counts once, now or later; when the link is gone by then it says nothing. */
  onAsked(from: number, subject: Subject, body: Buffer, reply: (body: Buffer) => void): void;
}

export type LinksOpened =
  | { readonly kind: 'listening' }
  | { readonly kind: 'failed'; readonly why: string };

/** The links to all other sites. Nothing waits for a site that is down. No promise rejects. */
export interface PeerLinks {
  /** Takes links in and begins to dial. */
  open(): Promise<LinksOpened>;
  /** Asks one site; settles within the time, whatever the network does. */
  carry(dispatch: Dispatch, withinMs: number): Promise<PeerAnswer>;
  /** Answers whether it went out, or will. */
  tell(telling: Telling): boolean;
  peer(site: number): PeerView | undefined;
  peers(): readonly PeerView[];
  /** Whoever still waits gets `closed`. */
  close(): Promise<void>;
}
