/** One line of the site changed so that a promise is broken. */
export type Mutant = {
  readonly name: string;
  /** As the simulation reports it; `bug` is an exception in a call. */
  readonly promise: string;
  readonly file: string;
  /** The whole line without its indentation; it stands once in the file. */
  readonly line: string;
  readonly becomes: string;
};

/**
 * For each promise that one site can break, slips that somebody might make. The simulation must
 * find every one of them; a line that has been written anew needs its mutant written anew.
 */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'a gateway that rings leaves the others ringing',
    promise: 'P1',
    file: 'lib/call/states/dialing.ts',
    line: 'const { fading, effects } = cancelAll(chosen.others, []);',
    becomes: 'const { fading, effects } = { fading: chosen.others, effects: [] };',
  },
  {
    name: 'a gateway that answers leaves the others ringing',
    promise: 'P1',
    file: 'lib/call/states/dialing.ts',
    line: 'owed(state).filter(({ number }) => number !== attempt),',
    becomes: '[],',
  },
  {
    name: 'the next gateway is called before the first has had its turn',
    promise: 'P1',
    file: 'lib/call/states/hunting.ts',
    line: 'return Math.max(rules.attemptMsMin, Math.min(rules.attemptMs, share));',
    becomes: 'return Math.min(100, share);',
  },
  {
    name: "the caller's CANCEL does not cross",
    promise: 'P2',
    file: 'lib/call/states/dialing.ts',
    line: 'const { fading, effects } = cancelAll(all, reasonsOf(event.headers));',
    becomes: 'const { fading, effects } = { fading: all, effects: [] };',
  },
  {
    name: 'a CANCEL that waits for a provisional response is forgotten',
    promise: 'P2',
    file: 'lib/engine/builtin/leg-b.ts',
    line: "if (phase.tag === 'calling' && phase.cancel !== undefined) sendCancel(core, leg, phase.cancel);",
    becomes: '',
  },
  {
    name: 'a CANCEL does not wait for a provisional response',
    promise: 'P2',
    file: 'lib/engine/builtin/leg-b.ts',
    line: "if (leg.phase.tag === 'calling') leg.phase = { tag: 'calling', cancel: headers };",
    becomes: "if (leg.phase.tag === 'calling') sendCancel(core, leg, headers);",
  },
  {
    name: 'a callee whose 200 crossed the CANCEL is not hung up',
    promise: 'P2',
    file: 'lib/call/fading.ts',
    line: "{ do: 'bye-b', attempt, tag, headers: [] },",
    becomes: '',
  },
  {
    name: 'a dialog is denied as soon as it is confirmed',
    promise: 'P3',
    file: 'lib/engine/builtin/in-dialog.ts',
    line: "if (state.tag === 'ended') return true;",
    becomes: "if (state.tag !== 'early') return true;",
  },
  {
    name: 'a BYE that crosses ours is told that there is no such dialog',
    promise: 'P3',
    file: 'lib/engine/builtin/in-dialog.ts',
    line: "return state.tag === 'ended' && state.by === 'us';",
    becomes: 'return false;',
  },
  {
    name: 'a CANCEL does not find its INVITE',
    promise: 'P3',
    file: 'lib/engine/builtin/proto/match.ts',
    line: "return keyFor(cancel, 'INVITE');",
    becomes: "return keyFor(cancel, 'CANCEL');",
  },
  {
    name: 'an INVITE gets no 100',
    promise: 'P4',
    file: 'lib/engine/builtin/leg-a.ts',
    line: 'core.servers.respond(transaction, { ...trying, headers: [], body: NO_OCTETS });',
    becomes: '',
  },
  {
    name: 'a 200 whose ACK was lost gets no other one',
    promise: 'P4',
    file: 'lib/engine/builtin/leg-b.ts',
    line: "entry.state = { tag: 'acknowledged', ack };",
    becomes: "entry.state = { tag: 'acknowledged', ack: undefined };",
  },
  {
    name: 'a silent gateway may use up the whole budget',
    promise: 'P4',
    file: 'lib/call/states/hunting.ts',
    line: 'return Math.max(rules.attemptMsMin, Math.min(rules.attemptMs, share));',
    becomes: 'return Math.max(share, rules.budgetMs);',
  },
  {
    name: 'a gateway that says only 100 holds the caller for ever',
    promise: 'P4',
    file: 'lib/call/states/dialing.ts',
    line: "{ do: 'set-timer', name: 'progress', delayMs: state.facts.rules.progressTimeoutMs },",
    becomes: '',
  },
  {
    name: 'nobody waits for a gateway that was given up',
    promise: 'P4',
    file: 'lib/call/states/hunting.ts',
    line: "const awaited = state.fading.filter(({ cancel }) => cancel === 'no');",
    becomes: "const awaited = state.fading.filter(({ cancel }) => cancel === 'asked');",
  },
  {
    name: 'an emergency hunt stops at a refusal',
    promise: 'P4',
    file: 'lib/call/states/hunting.ts',
    line: "if (failoverOn === 'any' || status === 482) return true;",
    becomes: "if (failoverOn === 'any' || status === 482) return status !== 486;",
  },
  {
    name: 'an INVITE leaves with as many hops as it came with',
    promise: 'P5',
    file: 'lib/node/receptionist.ts',
    line: 'maxForwards: hopsLeft(invite) - 1,',
    becomes: 'maxForwards: hopsLeft(invite),',
  },
  {
    name: 'a call that came to A stays on A',
    promise: 'P6',
    file: 'lib/node/receptionist.ts',
    line: "if (sticky || receivedOn.role === 'unicast') return receivedOn;",
    becomes: 'if (!sticky) return receivedOn;',
  },
  {
    name: 'a caller whose firewall knows only A is sent to U',
    promise: 'P6',
    file: 'lib/node/receptionist.ts',
    line: "if (sticky || receivedOn.role === 'unicast') return receivedOn;",
    becomes: "if (receivedOn.role === 'unicast') return receivedOn;",
  },
  {
    name: 'gateways are given the address for callers',
    promise: 'P6',
    file: 'lib/node/carry-out.ts',
    line: 'const contact = contactAt(listener, tag);',
    becomes: 'const contact = contactAt(call.contactListener, tag);',
  },
  {
    name: 'responses leave from the first socket',
    promise: 'P7',
    file: 'lib/engine/builtin/server-transactions.ts',
    line: 'this.#wires.send(transaction.wire, bytes, transaction.to);',
    becomes: 'this.#wires.send(this.#wires.of(this.#wires.listeners[0]), bytes, transaction.to);',
  },
  {
    name: 'a repeated 200 leaves from where the dialog goes',
    promise: 'P7',
    file: 'lib/engine/builtin/leg-a.ts',
    line: 'return bytes === undefined ? [] : [{ bytes, flow: { wire, to } }];',
    becomes:
      'return bytes === undefined ? [] : [{ bytes, flow: transaction.leg?.flow ?? { wire, to } }];',
  },
  {
    name: 'the Contact of a gateway is obeyed even if it is our own address',
    promise: 'P9',
    file: 'lib/engine/builtin/proto/next-hop.ts',
    line: 'return ours.some((listener) => isOurs(listener, hop)) ? undefined : hop;',
    becomes: 'return hop;',
  },
  {
    name: "a caller's Route is obeyed in the dialog",
    promise: 'P9',
    file: 'lib/engine/builtin/leg-a.ts',
    line: 'leg.flow = { wire, to: receivedOn.source };',
    becomes:
      "leg.flow = { wire, to: request.headers.some(({ name }) => name === 'route') ? { address: '10.66.6.6', port: 5060 } : receivedOn.source };",
  },
  {
    name: 'a failure tells the carrier to send nothing any more',
    promise: 'no 503',
    file: 'lib/call/states/hunting.ts',
    line: "const status = why === 'callee-did-not-answer' ? 408 : 500;",
    becomes: "const status = why === 'callee-did-not-answer' ? 408 : 503;",
  },
  {
    name: 'an INVITE that comes again is another call',
    promise: 'P12',
    file: 'lib/engine/builtin/server-transactions.ts',
    line: 'this.#all.set(key, begun);',
    becomes: '',
  },
  {
    name: 'a missing ACK ends an emergency call',
    promise: 'P12',
    file: 'lib/call/states/answering.ts',
    line: 'if (facts.emergency && !isLateOffer(facts)) {',
    becomes: 'if (facts.emergency && isLateOffer(facts)) {',
  },
  {
    name: 'an answered call leaves no record',
    promise: 'P12',
    file: 'lib/call/states/bridged.ts',
    line: "{ do: 'end', termination },",
    becomes: '',
  },
  {
    name: 'the caller never hears that the callee has hung up',
    promise: 'P12',
    file: 'lib/call/states/bridged.ts',
    line: "return endBridge(state, 'callee-hung-up', [bye]);",
    becomes: "return endBridge(state, 'callee-hung-up', []);",
  },
  {
    name: 'a caller who never acknowledges is not hung up',
    promise: 'P12',
    file: 'lib/call/states/bridged.ts',
    line: "{ do: 'bye-a', fork: state.bridge.fork, headers },",
    becomes: '',
  },
  {
    name: 'a BYE that waits for the ACK is forgotten',
    promise: 'P12',
    file: 'lib/engine/builtin/leg-a.ts',
    line: 'entry.state = { ...state, bye: headers };',
    becomes: '',
  },
  {
    name: 'an outcome is written to the attempt after it',
    promise: 'P12',
    file: 'lib/call/notes.ts',
    line: 'index === attempt - 1 ? { ...entry, status, reason } : entry,',
    becomes: 'index === attempt ? { ...entry, status, reason } : entry,',
  },
  {
    name: 'a location does not reach the emergency services',
    promise: 'P13',
    file: 'lib/call/header-plans.ts',
    line: "'replaces',",
    becomes: "'replaces', 'geolocation',",
  },
  {
    name: 'the answer of a late offer is lost',
    promise: 'P13',
    file: 'lib/call/states/answering.ts',
    line: 'body: event.body,',
    becomes: 'body: facts.asked.body,',
  },
  {
    name: 'a body loses its last line end',
    promise: 'P13',
    file: 'lib/engine/builtin/written-invite.ts',
    line: 'const { uri, body } = order;',
    becomes: 'const { uri } = order, body = order.body.trimEnd();',
  },
  {
    name: 'a full site refuses emergency calls as well',
    promise: 'P14',
    file: 'lib/node/admission.ts',
    line: "{ condition: 'exhausted', applies: ({ callsNow, callsMax }) => callsNow >= 2 * callsMax },",
    becomes:
      "{ condition: 'exhausted', applies: ({ callsNow, callsMax }) => callsNow >= callsMax },",
  },
  {
    name: 'legs of callers are never forgotten',
    promise: 'P14',
    file: 'lib/engine/builtin/legs-over.ts',
    line: 'core.legsA.delete(leg.id);',
    becomes: '',
  },
  {
    name: 'what has ended lingers for ever',
    promise: 'P14',
    file: 'lib/engine/builtin/waiting-line.ts',
    line: 'if (item !== undefined) this.#onDue(item);',
    becomes: '',
  },
  {
    name: 'a call holds what does not survive being stored',
    promise: 'bug',
    file: 'lib/call/forks.ts',
    line: 'const forks = [...facts.forks];',
    becomes: 'const forks = Object.assign([...facts.forks], { last: fork });',
  },
];
