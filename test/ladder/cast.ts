import type { Datagrams } from '../../lib/engine/builtin/datagrams.ts';
import type { Streams } from '../../lib/engine/builtin/streams.ts';
import type { Address, Transport } from '../../lib/sip/address.ts';
import { parse } from '../../lib/sip/parse.ts';
import { describeToCaller, describeToGateway } from './describe.ts';
import { type Door, openTcpDoor, openUdpDoor } from './doors.ts';
import { nameOf, placeOf } from './places.ts';
import type { Line, Script, Seen } from './script.ts';
import { ScriptedCaller } from './scripted-caller.ts';
import { ScriptedGateway } from './scripted-gateway.ts';
import type { Scene } from './scripted-message.ts';

/** What a ladder is played on: a network, virtual or real, and where everybody lives on it. */
export type Boards = Scene & {
  readonly datagrams: Datagrams;
  readonly streams: Streams;
  /** Since the ladder began. */
  readonly nowMs: () => number;
  /** Something was said or heard. */
  readonly onSeen?: () => void;
};

/** Everybody of a ladder but the site. */
export type Cast = {
  readonly names: readonly string[];
  /** All that one of them has said or heard, in its order. */
  readonly seen: readonly Seen[];
  /** Whether a line is for one of them to say; the others are the site's. */
  isOurs(line: Line): boolean;
  say(line: Line): void;
  close(): Promise<void>;
};

type Member = { readonly actor: ScriptedCaller | ScriptedGateway; readonly door: Door };

export async function openCast(script: Script, boards: Boards): Promise<Cast> {
  const { places, nowMs } = boards;
  const seen: Seen[] = [];
  const losses = script.losses.map((loss) => ({ ...loss }));

  /** Answers whether it goes through. */
  function note(from: string, to: string, text: string): boolean {
    const line = `${from} > ${to} ${text}`;
    const loss = losses.find(({ match, count }) => count > 0 && line.startsWith(match));
    seen.push({ atMs: nowMs(), from, to, text: loss === undefined ? text : `${text} lost` });
    if (loss !== undefined) loss.count -= 1;
    boards.onSeen?.();
    return loss === undefined;
  }

  function openDoor(name: string, transport: Transport, actor: Member['actor']): Promise<Door> {
    const ears = {
      onMessage(bytes: Buffer, from: Address) {
        const message = parse(bytes);
        const text =
          actor instanceof ScriptedCaller
            ? describeToCaller(message, actor, places)
            : describeToGateway(message, places);
        if (note(nameOf(from, places), name, text)) actor.hear(message);
      },
      onConnected: (from: Address) => void note(nameOf(from, places), name, 'connect'),
      onEnded: (from: Address) => void note(nameOf(from, places), name, 'end'),
    };
    const local = placeOf(name, places);
    if (transport === 'tcp') return openTcpDoor(boards.streams, local, ears);
    return openUdpDoor(boards.datagrams, local, ears);
  }

  const members = new Map<string, Member>();
  const home = { at: placeOf('caller', places), transport: script.caller };
  const caller = new ScriptedCaller(home, boards);
  for (const name of ['caller', 'caller2']) {
    members.set(name, { actor: caller, door: await openDoor(name, script.caller, caller) });
  }
  for (const [index, transport] of script.gateways.entries()) {
    const name = `g${index + 1}`;
    const gateway = new ScriptedGateway({ at: placeOf(name, places), transport }, name, boards);
    members.set(name, { actor: gateway, door: await openDoor(name, transport, gateway) });
  }

  return {
    names: [...members.keys()],
    seen,
    isOurs: ({ from }) => members.has(from),
    say(line) {
      const { from, to, what, text } = line;
      const member = members.get(from);
      if (member === undefined) throw new Error(`${from} is not for us to play`);
      const { door, actor } = member;
      const far = placeOf(to, places);
      if (what === 'connect' || what === 'cut') {
        note(from, to, text);
        door[what](far);
        return;
      }
      const bytes = actor.say(line);
      if (note(from, to, text)) door.send(bytes, far);
    },
    async close() {
      await Promise.all([...members.values()].map(({ door }) => door.close()));
    },
  };
}
