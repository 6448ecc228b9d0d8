import type { DatagramEars, Datagrams } from '../../../lib/engine/builtin/datagrams.ts';
import { type Address, sameAddress } from '../../../lib/sip/address.ts';
import type { Packet, VirtualNetwork } from '../../support/virtual-network.ts';
import type { VirtualProcess } from '../../support/virtual-process.ts';
import { A } from '../../support/virtual-site.ts';

/** Which of the sites that announce A gets a packet. */
export type Route = (packet: Packet, announced: readonly number[]) => number | undefined;

type Member = { readonly process: VirtualProcess; readonly ears: DatagramEars };

/** One address at several sites: whoever is routed to takes the packet, and any may send. */
export class Anycast {
  readonly #network: VirtualNetwork;
  readonly #members = new Map<number, Member>();
  readonly #announced = new Set<number>();
  readonly #socket: { send(bytes: Buffer, to: Address): void };
  readonly #onArrival: (packet: Packet, site: number) => void;
  /** The site that is sending; absent: it is none of them. */
  sender: number | undefined;

  constructor(
    network: VirtualNetwork,
    route: Route,
    onArrival: (packet: Packet, site: number) => void,
  ) {
    this.#network = network;
    this.#onArrival = onArrival;
    this.#socket = network.attach(A, {
      onDatagram: (bytes, from) => {
        const packet = { bytes, from, to: A };
        const site = route(packet, [...this.#announced]);
        if (site !== undefined) this.#arrive(packet, site, this.#members.get(site));
      },
      onSendFailure: () => undefined,
    });
  }

  announce(site: number): void {
    this.#announced.add(site);
  }

  withdraw(site: number): void {
    this.#announced.delete(site);
  }

  /** The sockets of one site: its share of A, and addresses of its own. */
  datagramsOf(site: number, process: VirtualProcess): Datagrams & { close(): void } {
    const open: { close(): void }[] = [];
    const from = (send: (bytes: Buffer, to: Address) => void) => (bytes: Buffer, to: Address) => {
      if (process.isDead) return;
      this.sender = site;
      send(bytes, to);
      this.sender = undefined;
    };
    return {
      bind: async (local, ears) => {
        const member = { process, ears };
        if (sameAddress(local, A)) {
          this.#members.set(site, member);
          const send = from((bytes, to) => this.#socket.send(bytes, to));
          return { kind: 'bound', socket: { send, close: async () => undefined } };
        }
        const own = this.#network.attach(local, {
          onDatagram: (bytes, far) => this.#arrive({ bytes, from: far, to: local }, site, member),
          onSendFailure: (...what) => ears.onSendFailure(...what),
        });
        open.push(own);
        const send = from((bytes, to) => own.send(bytes, to));
        return { kind: 'bound', socket: { send, close: async () => own.close() } };
      },
      close: () => {
        this.#members.delete(site);
        for (const one of open) one.close();
      },
    };
  }

  #arrive(packet: Packet, site: number, member: Member | undefined): void {
    member?.process.happen(() => {
      this.#onArrival(packet, site);
      member.ears.onDatagram(packet.bytes, packet.from);
    });
  }
}
