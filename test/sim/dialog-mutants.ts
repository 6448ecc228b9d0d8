import type { Mutant } from './mutant.ts';

/** Slips about what the two legs of a call owe each other, before an answer and after it. */
export const DIALOG_MUTANTS: readonly Mutant[] = [
  {
    name: "the caller's CANCEL does not cross",
    promise: 'P2',
    file: 'lib/call/states/dialing.ts',
    line: "return end(state, terminated('caller-cancelled', 487), { says, reasons });",
    becomes:
      "const over = end(state, terminated('caller-cancelled', 487), { says, reasons });" +
      "return { ...over, effects: over.effects.filter((effect) => effect.do !== 'cancel-b') };",
  },
  {
    name: 'the CANCEL of a re-INVITE does not cross',
    promise: 'P2',
    file: 'lib/call/states/renegotiating.ts',
    line: "return transition({ ...state, waitsFor: 'last-word' }, [retract]);",
    becomes: "return transition({ ...state, waitsFor: 'last-word' }, []);",
  },
  {
    name: 'the CANCEL of a re-INVITE does not wait for a provisional response',
    promise: 'P2',
    file: 'lib/engine/builtin/re-inviting.ts',
    line: "if (state.tag === 'calling') ours.state = { ...state, cancel: headers };",
    becomes: "if (state.tag === 'calling') sendCancel(core, ours, headers);",
  },
  {
    name: 'the CANCEL of a re-INVITE that waits for a provisional response is forgotten',
    promise: 'P2',
    file: 'lib/engine/builtin/re-inviting.ts',
    line: 'else sendCancel(core, ours, state.cancel);',
    becomes: 'else waitLonger(core, ours);',
  },
  {
    name: 'a re-INVITE that is cancelled after glare waits for its turn',
    promise: 'P2',
    file: 'lib/call/states/renegotiating.ts',
    line: "return transition(settled(state), [{ do: 'clear-timer' }, reply]);",
    becomes: 'return ignored(state, event);',
  },
  {
    name: "the far end's last word to a cancelled re-INVITE is lost",
    promise: 'P4',
    file: 'lib/call/states/renegotiating.ts',
    line: "const isAwaited = waitsFor === 'answer' || waitsFor === 'last-word';",
    becomes: "const isAwaited = waitsFor === 'answer';",
  },
  {
    name: 'two callees answer in one dialog of the caller',
    promise: 'one answer',
    file: 'lib/call/forks.ts',
    line: 'const fork = own >= 0 ? own : facts.forks[last]?.hasSdp === false ? last : last + 1;',
    becomes: 'const fork = own >= 0 ? own : Math.max(0, last);',
  },
  {
    name: 'a caller that copes with one early dialog sees several',
    promise: 'one early dialog',
    file: 'lib/call/forks.ts',
    line: "if (facts.earlyDialogs === 'first' && !isFree) return { facts, fork: 0, mayCarrySdp: false };",
    becomes: '',
  },
  {
    name: 'a session is refreshed when it has long expired',
    promise: 'caller',
    file: 'lib/engine/builtin/proto/session-timer.ts',
    line: "if (refresher === 'us') return (intervalSec * 1000) / 2;",
    becomes: "if (refresher === 'us') return intervalSec * 2000;",
  },
  {
    name: 'the timer of a session outlives its call',
    promise: 'P12',
    file: 'lib/engine/builtin/session-timer.ts',
    line: 'if (this.#alarm !== undefined) this.#core.timers.clear(this.#alarm);',
    becomes: '',
  },
  {
    name: "a caller's Route is obeyed in the dialog",
    promise: 'P9',
    file: 'lib/engine/builtin/answered-a.ts',
    line: 'leg.flow = { wire, to: receivedOn.source };',
    becomes:
      "leg.flow = { wire, to: request.headers.some(({ name }) => name === 'route') ? { address: '10.66.6.6', port: 5060 } : receivedOn.source };",
  },
];
