/** The SDP of one end, the `version`th that it makes. */
export function sdpOf(name: string, version: number): string {
  return `v=0\r\no=${name} 1 ${version} IN IP4 203.0.113.7\r\ns=-\r\nm=audio 4000 RTP/AVP 8\r\n`;
}

/** What everybody says where nobody asks who has said it. */
export const SDP = sdpOf('-', 1);

const ANY_SDP = /^v=0\r\no=\S+ 1 \d+ IN IP4 203\.0\.113\.7\r\ns=-\r\nm=audio 4000 RTP\/AVP 8\r\n$/;

/** Whether some end has made it, and every byte of it is there. */
export function isSdp(body: string): boolean {
  return ANY_SDP.test(body);
}

/** What one end has agreed to: its own SDP and the other end's. */
export type Agreed = { readonly own: string; readonly other: string };

/** The offers and answers of one end of a dialog. */
export class Session {
  readonly #name: string | undefined;
  readonly first: string;
  #version = 1;
  agreed: Agreed | undefined;
  isTorn = false;

  /** Without a name it says what everybody says. */
  constructor(name: string | undefined) {
    this.#name = name;
    this.first = name === undefined ? SDP : sdpOf(name, 1);
  }

  get isOwn(): boolean {
    return this.#name !== undefined;
  }

  /** Another offer or answer. */
  next(): string {
    if (this.#name === undefined) return SDP;
    this.#version += 1;
    return sdpOf(this.#name, this.#version);
  }

  /** It refuses what it had agreed to, since its answer was lost and it was asked once more. */
  tear(): void {
    this.isTorn = true;
  }

  agree(own: string, other: string): void {
    this.agreed = { own, other };
    this.isTorn = false;
  }
}
