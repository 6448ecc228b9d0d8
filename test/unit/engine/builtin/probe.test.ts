import { describe, expect, test } from '@jest/globals';
import type { ProbeOutcome } from '../../../../lib/ports/outside-dialogs.ts';
import { headerValue } from '../../../../lib/sip/headers.ts';
import { uriText } from '../../../../lib/sip/ids.ts';
import { TIMER_K_MS } from '../../../../lib/sip/timer-values.ts';
import { GATEWAY, responds } from './peers.ts';
import { LISTENERS, Stage } from './stage.ts';

async function asked(timeoutMs = 2000) {
  const stage = await Stage.open();
  const [, , listener] = LISTENERS;
  if (listener === undefined) throw new Error('the stage has a gateway side');
  const outcomes: ProbeOutcome[] = [];
  const uri = uriText('sip:10.0.1.31:5060');
  const probe = { listener, nextHop: GATEWAY, uri, timeoutMs };
  stage.engine.probe(probe, (outcome) => void outcomes.push(outcome));
  stage.pass(0);
  return { stage, outcomes };
}

describe('a probe', () => {
  test('An OPTIONS request is constructed using the standard rules for a SIP request. [3261-11.1]', async () => {
    const { stage } = await asked();
    const { message } = stage.gateway.last();
    expect(stage.gateway.summary).toEqual(['OPTIONS']);
    expect(message.kind === 'request' && message.uri).toBe('sip:10.0.1.31:5060');
    expect(message.to.tag).toBeUndefined();
    expect(headerValue(message.headers, 'max-forwards')).toBe('70');
    expect(headerValue(message.headers, 'accept')).toBe('application/sdp');
    expect(headerValue(message.headers, 'contact')).toBe('<sip:10.0.0.11:5060>');
  });

  test('tells the final response and how long it took, once, and keeps nothing', async () => {
    const { stage, outcomes } = await asked();
    const { message } = stage.gateway.last();
    if (message.kind !== 'request') throw new Error('OPTIONS is a request');
    stage.time.runUntil(37);
    stage.gatewaySends(responds(message, 404));
    stage.gatewaySends(responds(message, 404));
    expect(outcomes).toEqual([{ kind: 'answered', status: 404, afterMs: 37, restMs: undefined }]);
    expect(stage.engine.sizes().clientTransactions).toBe(0);
    // The line that it waited in looks once more.
    stage.pass(TIMER_K_MS);
    expect(stage.time.pending).toBe(0);
  });

  test('A 503 with a Retry-After says how long the server is expected to be unavailable. [3261-20.33]', async () => {
    const { stage, outcomes } = await asked();
    const { message } = stage.gateway.last();
    if (message.kind !== 'request') throw new Error('OPTIONS is a request');
    const headers = ['Retry-After: 18 (in maintenance)'];
    stage.gatewaySends(responds(message, 503, { headers }));
    expect(outcomes).toMatchObject([{ status: 503, restMs: 18_000 }]);
  });

  test('is silent after its own patience, not after that of SIP', async () => {
    const { stage, outcomes } = await asked(700);
    stage.time.runUntil(699);
    expect(outcomes).toEqual([]);
    stage.time.runUntil(40_000);
    expect(outcomes).toEqual([{ kind: 'silent' }]);
    expect(stage.gateway.summary).toEqual(['OPTIONS', 'OPTIONS']);
  });

  test('that was waiting when the engine closes tells nothing', async () => {
    const { stage, outcomes } = await asked();
    await stage.engine.close();
    stage.time.runUntil(40_000);
    expect(outcomes).toEqual([]);
    expect(stage.time.pending).toBe(0);
  });
});
