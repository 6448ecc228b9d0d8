import { describe, expect, test } from '@jest/globals';
import {
  beginInviteClient,
  stepInviteClient,
} from '../../../../../lib/engine/builtin/proto/invite-client.ts';
import {
  beginInviteServer,
  stepInviteServer,
} from '../../../../../lib/engine/builtin/proto/invite-server.ts';
import type { Step } from '../../../../../lib/engine/builtin/proto/machine.ts';
import {
  beginNonInviteClient,
  stepNonInviteClient,
} from '../../../../../lib/engine/builtin/proto/non-invite-client.ts';
import {
  beginNonInviteServer,
  stepNonInviteServer,
} from '../../../../../lib/engine/builtin/proto/non-invite-server.ts';

const timersSet = (step: Step<unknown, { readonly do: string; readonly name?: string }>) =>
  step.effects.filter((effect) => effect.do === 'set-timer').map(({ name }) => name);
const response = (status: number) => ({ on: 'response', status }) as const;
const respond = (status: number) => ({ on: 'respond', status }) as const;

describe('transactions over a reliable transport', () => {
  test('If a reliable transport is being used, the client transaction SHOULD NOT start timer A. [3261-17.1.1.2]', () => {
    expect(timersSet(beginInviteClient('reliable'))).toEqual(['B']);
  });

  test('The value of timer D is zero seconds for reliable transports. [3261-17.1.1.2]', () => {
    const { state } = beginInviteClient('reliable');
    const refused = stepInviteClient(state, response(486), 'reliable');
    expect(refused.state.tag).toBe('terminated');
    expect(refused.effects.map((effect) => effect.do)).toEqual([
      'clear-timer',
      'send-ack',
      'deliver-response',
    ]);
  });

  test('Timer M is 64*T1 on all transports. [6026-8.4]', () => {
    const { state } = beginInviteClient('reliable');
    expect(timersSet(stepInviteClient(state, response(200), 'reliable'))).toEqual(['M']);
  });

  test('If an unreliable transport is in use, the client transaction MUST set timer E; otherwise it does not, and timer K is zero. [3261-17.1.2.2]', () => {
    const begun = beginNonInviteClient('reliable');
    expect(timersSet(begun)).toEqual(['F']);
    const answered = stepNonInviteClient(begun.state, response(200), 'reliable');
    expect(answered.state.tag).toBe('terminated');
    expect(timersSet(answered)).toEqual([]);
    const tried = stepNonInviteClient(begun.state, response(100), 'reliable');
    expect(stepNonInviteClient(tried.state, response(200), 'reliable').state.tag).toBe(
      'terminated',
    );
  });

  test('For reliable transports timer G is not set, timer H is for all transports, and timer I is zero. [3261-17.2.1]', () => {
    const refused = stepInviteServer(beginInviteServer(), respond(486), 'reliable');
    expect(timersSet(refused)).toEqual(['H']);
    const acked = stepInviteServer(refused.state, { on: 'ack' }, 'reliable');
    expect(acked.state.tag).toBe('terminated');
    expect(timersSet(acked)).toEqual([]);
  });

  test('Timer L is 64*T1 on all transports. [6026-8.7]', () => {
    const answered = stepInviteServer(beginInviteServer(), respond(200), 'reliable');
    expect(timersSet(answered)).toEqual(['L']);
  });

  test('Timer J is zero seconds for reliable transports. [3261-17.2.2]', () => {
    const answered = stepNonInviteServer(beginNonInviteServer(), respond(200), 'reliable');
    expect(answered.state.tag).toBe('terminated');
    expect(answered.effects.map((effect) => effect.do)).toEqual(['send-response']);
  });
});
