import { describe, expect, test } from '@jest/globals';
import { callerSays, U } from './peers.ts';
import { Stage, says } from './stage.ts';

const FIRST = 'z9hG4bKfirst';
const SECOND = 'z9hG4bKsecond';

/** Two INVITEs of one call, the second one joined to the first. */
async function joined(before: (stage: Stage, leg: ReturnType<Stage['ringIn']>) => void) {
  const stage = await Stage.open();
  const leg = stage.ringIn({ branch: FIRST });
  before(stage, leg);
  const second = stage.ringIn({ branch: SECOND });
  const could = stage.engine.join(second, leg);
  stage.pass(0);
  return { stage, leg, second, could };
}

const onBranch = (stage: Stage, branch: string) =>
  stage.caller.heard
    .filter(({ message }) => message.via.branch === branch)
    .map(({ message }) => (message.kind === 'response' ? message.status : message.method));

describe('an INVITE that joins a leg', () => {
  test('gets the last response at once and each one after it', async () => {
    const { stage, leg, could } = await joined((at, one) => at.engine.ring(one, says(180)));
    expect(could).toBe(true);
    expect(onBranch(stage, SECOND)).toEqual([100, 180]);
    stage.engine.reject(leg, says(486));
    stage.pass(0);
    expect(onBranch(stage, FIRST)).toEqual([100, 180, 486]);
    expect(onBranch(stage, SECOND)).toEqual([100, 180, 486]);
  });

  test('has its 2xx repeated with the first one, until the one ACK of both', async () => {
    const { stage, leg } = await joined(() => undefined);
    stage.engine.answer(leg, says(200));
    stage.pass(600);
    expect(onBranch(stage, FIRST)).toEqual([100, 200, 200]);
    expect(onBranch(stage, SECOND)).toEqual([100, 200, 200]);
    stage.callerSends(callerSays('ACK', { toTag: 'ours' }), U);
    stage.pass(40_000);
    expect(onBranch(stage, SECOND)).toEqual([100, 200, 200]);
    expect(stage.told).toEqual(['acknowledged']);
  });

  test('after the ACK is told of the answer once', async () => {
    const { stage } = await joined((at, one) => {
      at.engine.answer(one, says(200));
      at.pass(0);
      at.callerSends(callerSays('ACK', { toTag: 'ours' }), U);
    });
    stage.pass(5000);
    expect(onBranch(stage, SECOND)).toEqual([100, 200]);
  });

  test('before any To-tag is cancelled by itself with a tag, and the node hears nothing', async () => {
    const { stage } = await joined(() => undefined);
    stage.callerSends(callerSays('CANCEL', { branch: SECOND }));
    expect(onBranch(stage, SECOND)).toEqual([100, 200, 487]);
    expect(stage.caller.last().message.to.tag).toMatch(/^\w{16}$/);
    stage.callerSends(callerSays('CANCEL', { branch: SECOND }));
    expect(stage.told).toEqual([]);
    stage.callerSends(callerSays('CANCEL', { branch: FIRST }));
    expect(stage.told).toEqual(['cancelled']);
  });

  test('cannot join a leg that was refused, that answered long ago, or that is none', async () => {
    const refused = await joined((at, one) => at.engine.reject(one, says(486)));
    expect(refused.could).toBe(false);
    const old = await joined((at, one) => {
      at.engine.answer(one, says(200));
      at.pass(0);
      at.callerSends(callerSays('ACK', { toTag: 'ours' }), U);
      at.pass(32_000);
    });
    expect(old.could).toBe(false);
    expect(old.stage.engine.join(old.second, old.second)).toBe(false);
    expect(old.stage.engine.sizes().legs).toBe(2);
  });

  test('leaves nothing behind', async () => {
    const { stage, leg } = await joined((at, one) => at.engine.ring(one, says(180)));
    stage.engine.reject(leg, says(486));
    stage.pass(120_000);
    expect(stage.engine.sizes()).toMatchObject({ legs: 0, dialogs: 0, serverTransactions: 0 });
    expect(stage.time.pending).toBe(0);
  });
});
