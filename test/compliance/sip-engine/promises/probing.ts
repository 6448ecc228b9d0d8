import { expect } from '@jest/globals';
import type { Probe } from '../../../../lib/ports/outside-dialogs.ts';
import { writeAddress } from '../../../../lib/sip/address.ts';
import { headerValue } from '../../../../lib/sip/headers.ts';
import { uriText } from '../../../../lib/sip/ids.ts';
import { type Promised, promised } from '../promise.ts';
import { BROADCAST, type Stage } from '../stage.ts';

/** Whether a gateway lives. */
export const PROBING: readonly Promised[] = [
  promised(
    'OPTIONS: the target is identified by the Request-URI, outside of every dialog [3261-11.1]',
    async (stage) => {
      const probe = probeOf(stage);
      const outcome = stage.probe(probe);
      const heard = await stage.gateway.hears('OPTIONS');
      const { message, from } = heard;
      expect(message.uri).toBe(probe.uri);
      expect(message.to).toMatchObject({ uri: probe.uri, tag: undefined });
      expect(message.from.tag).toBeDefined();
      expect(Number(headerValue(message.headers, 'max-forwards'))).toBeGreaterThan(0);
      expect(from.address).toBe(stage.place().address);
      stage.gateway.answers(heard, 200);
      const found = await outcome;
      expect(found).toMatchObject({ kind: 'answered', status: 200, restMs: undefined });
      expect(found.kind === 'answered' && found.afterMs >= 0).toBe(true);
    },
  ),

  promised('any final response shows that it lives, and once [3261-11.2]', async (stage) => {
    for (const status of [302, 404, 405, 483, 500, 600]) {
      const outcome = stage.probe(probeOf(stage));
      const heard = await stage.gateway.hears('OPTIONS');
      stage.gateway.answers(heard, 100);
      stage.gateway.answers(heard, status);
      expect(await outcome).toMatchObject({ kind: 'answered', status });
      stage.gateway.answers(heard, 200);
    }
  }),

  promised(
    'a Retry-After says how long the service is expected to be unavailable to the requesting client [3261-20.33]',
    async (stage) => {
      for (const [retryAfter, restMs] of [
        ['18', 18_000],
        ['120;duration=3600', 120_000],
        ['5 (in a minute)', 5000],
        ['soon', undefined],
      ] as const) {
        const outcome = stage.probe(probeOf(stage));
        const heard = await stage.gateway.hears('OPTIONS');
        stage.gateway.answers(heard, 503, { headers: [`Retry-After: ${retryAfter}`] });
        expect(await outcome).toMatchObject({ kind: 'answered', status: 503, restMs });
      }
    },
  ),

  promised('a gateway that says nothing is silent after the time of the probe', async (stage) => {
    const outcome = stage.probe({ ...probeOf(stage), timeoutMs: 100 });
    const heard = await stage.gateway.hears('OPTIONS');
    expect(await outcome).toEqual({ kind: 'silent' });
    stage.gateway.answers(heard, 200);
  }),

  ...(['tcp', 'udp'] as const).map((only) =>
    promised(
      `one that cannot be reached by ${only} is said to be so, with words`,
      async (stage) => {
        const nextHop = only === 'tcp' ? stage.elsewhere : { address: BROADCAST, port: 5080 };
        const outcome = await stage.probe({ ...probeOf(stage), nextHop });
        expect(outcome).toEqual({ kind: 'unsent', why: expect.stringMatching(/\w/) });
      },
      { only },
    ),
  ),

  promised('several at once are told apart', async (stage) => {
    const uris = ['one', 'two', 'three'].map((user) => probeOf(stage, user));
    const outcomes = uris.map((probe) => stage.probe(probe));
    const heard = [];
    for (const _ of uris) heard.push(await stage.gateway.hears('OPTIONS'));
    for (const one of heard.reverse()) {
      stage.gateway.answers(one, 480 + uris.findIndex(({ uri }) => uri === one.message.uri));
    }
    const statuses = (await Promise.all(outcomes)).map((one) =>
      one.kind === 'answered' ? one.status : 0,
    );
    expect(statuses).toEqual([480, 481, 482]);
  }),
];

function probeOf(stage: Stage, user = 'ping'): Probe {
  const { at: nextHop, transport } = stage.gateway;
  const more = transport === 'udp' ? '' : `;transport=${transport}`;
  const uri = uriText(`sip:${user}@${writeAddress(nextHop)}${more}`);
  return { listener: stage.listener(), nextHop, uri, timeoutMs: 3000 };
}
