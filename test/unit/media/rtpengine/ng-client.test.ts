import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  ASKS_MAX,
  type NgClient,
  type NgOutcome,
  openNgClient,
} from '../../../../lib/media/rtpengine/ng-client.ts';
import type { NgEars } from '../../../../lib/media/rtpengine/ng-socket.ts';
import { VirtualWorld } from '../../../support/virtual-world.ts';

const PING = { command: 'ping' };
const WITHIN_MS = 500;

describe('asking an rtpengine', () => {
  let virtual: VirtualWorld;
  let client: NgClient;
  let ears: NgEars;
  let sent: { readonly atMs: number; readonly text: string }[];
  beforeEach(() => {
    virtual = new VirtualWorld(1);
    sent = [];
    client = openNgClient(virtual.world, (to) => {
      ears = to;
      return {
        send: (bytes) => void sent.push({ atMs: virtual.nowMs, text: bytes.toString('latin1') }),
        close: () => undefined,
      };
    });
  });

  const cookieAt = (index: number) => sent[index]?.text.split(' ')[0];
  const hear = (text: string) => ears.onMessage(Buffer.from(text, 'latin1'));

  test('the same message is said again until there is an answer, or the time is over', async () => {
    const outcome = client.ask(PING, WITHIN_MS);
    virtual.runUntil(10_000);

    expect(await outcome).toEqual({
      kind: 'failed',
      why: 'silent',
      reason: 'no answer within 500 ms',
    });
    expect(sent.map(({ atMs }) => atMs)).toEqual([0, 100, 300]);
    expect(new Set(sent.map(({ text }) => text)).size).toBe(1);
    expect(virtual.pending).toBe(0);
  });

  test('an answer belongs to the question with its cookie, whatever the order', async () => {
    const outcomes = [client.ask(PING, WITHIN_MS), client.ask(PING, WITHIN_MS)];
    hear(`${cookieAt(1)} {"result":"error","error-reason":"second"}`);
    hear(`${cookieAt(0)} {"result":"pong"}`);

    expect(await Promise.all(outcomes)).toMatchObject([
      { kind: 'done', sdp: undefined },
      { kind: 'refused', reason: 'second' },
    ]);
    expect(virtual.pending).toBe(0);
  });

  test('what is no answer to a question of ours is not heard', async () => {
    const outcome = client.ask(PING, WITHIN_MS);
    const cookie = `${cookieAt(0)}`;
    for (const garbage of ['', ' ', cookie, `${cookie} `, `${cookie} {`, `${cookie} [1]`]) {
      hear(garbage);
    }
    hear('another {"result":"pong"}');
    virtual.runUntil(10_000);

    expect(await outcome).toMatchObject({ kind: 'failed', why: 'silent' });
  });

  test.each([
    ['{}', 'without a reason'],
    ['{"result":1}', 'without a reason'],
    ['{"result":"ok","sdp":"v=\u20ac"}', 'the SDP came back garbled'],
  ])('%s is a refusal', async (reply, reason) => {
    const outcome = client.ask(PING, WITHIN_MS);
    ears.onMessage(Buffer.from(`${cookieAt(0)} ${reply}`, 'utf8'));

    expect(await outcome).toEqual({ kind: 'refused', reason });
  });

  test('a closed port ends all that is out', async () => {
    const outcomes = [client.ask(PING, WITHIN_MS), client.ask(PING, WITHIN_MS)];
    ears.onUnreachable('ECONNREFUSED');

    expect(await Promise.all(outcomes)).toEqual(
      outcomes.map(() => ({ kind: 'failed', why: 'unreachable', reason: 'ECONNREFUSED' })),
    );
    expect(virtual.pending).toBe(0);
  });

  test('no more is out at one time than may be', async () => {
    const outcomes: Promise<NgOutcome>[] = [];
    for (let count = 0; count < ASKS_MAX; count += 1) outcomes.push(client.ask(PING, WITHIN_MS));

    expect(await client.ask(PING, WITHIN_MS)).toMatchObject({ kind: 'failed', why: 'full' });
    hear(`${cookieAt(0)} {"result":"pong"}`);
    outcomes.push(client.ask(PING, WITHIN_MS));
    client.close();
    expect((await Promise.all(outcomes)).map(({ kind }) => kind)).toEqual([
      'done',
      ...Array.from({ length: ASKS_MAX }, () => 'failed'),
    ]);
  });

  test('what no datagram holds is not sent', async () => {
    const outcome = await client.ask({ command: 'offer', sdp: 'x'.repeat(65_000) }, WITHIN_MS);

    expect(outcome).toMatchObject({ kind: 'failed', why: 'unusable' });
    expect(sent).toEqual([]);
  });

  test('who is closed asks nobody', async () => {
    const open = client.ask(PING, WITHIN_MS);
    client.close();

    expect(await open).toMatchObject({ why: 'closed' });
    expect(await client.ask(PING, WITHIN_MS)).toMatchObject({ why: 'closed' });
    expect(sent.length).toBe(1);
  });
});
