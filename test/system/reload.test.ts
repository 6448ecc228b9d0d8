import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { startChild } from '../support/child.ts';
import { complaintsOf } from '../support/sipp.ts';
import { PROGRAM } from '../support/site.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { until } from '../support/until.ts';

const NET = '127.21.17';
/** Calls per second and seconds; test/system/reload-60 asks for more seconds. */
const [perSec = 100, seconds = 5] = (process.env['LANDFALL_RELOADS'] ?? '100x5')
  .split('x')
  .map(Number);
const CALLS = perSec * seconds;
jest.setTimeout((seconds + 60) * 1000);

/** All that is dialled but emergency goes through the second gateway. */
/** Whatever else the machine does: nothing is refused because it is late. */
const CALM = { guard: { lagMsMax: 5000 } };
const SECOND = {
  ...CALM,
  groups: [
    { name: 'psap', gateways: ['gw1', 'gw2'], emergency: true },
    { name: 'other', gateways: ['gw2'] },
  ],
  routes: [{ match: { user: '*' }, group: 'other' }],
};
const MOVED_U = {
  ...CALM,
  callsMax: 50,
  listen: {
    anycast: [{ transport: 'udp', address: `${NET}.112` }],
    unicast: [{ transport: 'udp', address: `${NET}.11`, port: 5062 }],
    gateway: [{ transport: 'udp', address: `${NET}.21` }],
  },
};
const ORDINARY = { service: '5550100' };
const OTHER_CALLER = { ...ORDINARY, local: { address: `${NET}.102`, port: 5060 } };

describe('a node whose configuration is read again', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage({ net: NET, gatewayCount: 2, keys: CALM });
    await stage.gateway('uas-answer', { withinSec: seconds + 60 });
    const second = { local: stage.gateways[1] ?? stage.gateways[0], withinSec: seconds + 60 };
    await stage.gateway('uas-answer', second);
  });
  afterEach(async () => {
    expect(await stage.close()).toBe(0);
  });

  async function reload() {
    const args = [PROGRAM, 'reload', '--admin', stage.site.admin];
    const child = startChild(process.execPath, args, { lifeMs: 10_000 });
    const { code } = await child.ended;
    return { code, lines: child.output().trim().split('\n') };
  }

  /** One call from its beginning to its end; answers the gateways it tried. */
  async function gatewaysOfACall(): Promise<readonly string[]> {
    const before = stage.site.records().length;
    expect(complaintsOf(await stage.call('uac-honours-contact', OTHER_CALLER))).toBe('');
    const record = (await stage.site.recordsOf(before + 1)).at(-1);
    expect(record?.reason).toBe('caller-hung-up');
    return record?.attempts.map(({ gateway }) => gateway) ?? [];
  }

  test(`each second for ${seconds} s at ${perSec} calls per second fails no call`, async () => {
    const load = { calls: CALLS, perSec, atOnceMax: perSec * 10, withinSec: seconds + 45 };
    const running = await stage.startCall('uac-honours-contact', {
      ...load,
      ...ORDINARY,
      pauseMs: 1500,
    });
    const codes: number[] = [];
    let isOver = false;
    const end = running.ended.finally(() => {
      isOver = true;
    });
    for (let next = 0; !isOver; next += 1) {
      stage.site.rewrite(next % 2 === 0 ? SECOND : { ...CALM, hunt: { budgetMs: 7000 } });
      codes.push((await reload()).code);
      await Promise.race([end, sleep(1000)]);
    }
    expect(complaintsOf(await end)).toBe('');
    expect(codes.length).toBeGreaterThanOrEqual(Math.floor(seconds / 2));
    expect(codes.filter((code) => code !== 0)).toEqual([]);
    const records = await stage.site.recordsOf(CALLS, 15_000);
    expect(records).toHaveLength(CALLS);
    expect(records.filter(({ reason }) => reason !== 'caller-hung-up')).toEqual([]);
    const gateways = new Set(records.flatMap(({ attempts }) => attempts.map((one) => one.gateway)));
    expect([...gateways].sort()).toEqual(['gw1', 'gw2']);
  });

  test('a changed route leads the next call, while an old call goes on', async () => {
    const old = await stage.startCall('uac-honours-contact', { ...ORDINARY, pauseMs: 3000 });
    await until('a call that is up', () =>
      stage.site.steps().some(({ event }) => event === 'answer-a'),
    );
    stage.site.rewrite(SECOND);
    expect(await reload()).toEqual({
      code: 0,
      lines: [
        '- groups[carrier]: { gateways: ["gw1","gw2"], emergency: false, followRedirects: false, anchor: true, srtp: as-offered, asksFor: dialled, transfers: refuse }',
        '+ groups[other]: { gateways: ["gw2"], emergency: false, followRedirects: false, anchor: true, srtp: as-offered, asksFor: dialled, transfers: refuse }',
        '- routes[urn:service:sos]: { group: psap }',
        '- routes[user 112]: { group: psap }',
        '~ routes[user *].group: carrier -> other',
      ],
    });
    expect(await gatewaysOfACall()).toEqual(['gw2']);
    expect(stage.site.records()).toHaveLength(1);
    expect(complaintsOf(await old.ended)).toBe('');
    const [, record] = await stage.site.recordsOf(2);
    expect(record).toMatchObject({ reason: 'caller-hung-up', moved: 'moved' });
    expect(record?.attempts.map(({ gateway }) => gateway)).toEqual(['gw1']);
    expect(await reload()).toEqual({ code: 0, lines: ['nothing has changed'] });
  });

  test('a broken file is refused with every problem, and the old one runs on', async () => {
    stage.site.rewrite({ ...SECOND, callsMax: 'many', log: { level: 'loud' } });
    const { code, lines } = await reload();
    expect(code).toBe(1);
    expect(lines).toEqual([
      expect.stringMatching(/site\.yaml:\d+:\d+ log\.level: "loud" is not a log level; write/),
      expect.stringMatching(/site\.yaml:\d+:\d+ callsMax: "many" is not a whole number; write/),
      'landfall reload: refused; the node runs on with what it had',
    ]);
    expect(await gatewaysOfACall()).toEqual(['gw1']);
  });

  test('a change that needs a restart is refused with the rest of its file', async () => {
    stage.site.rewrite({ ...SECOND, ...MOVED_U });
    const { code, lines } = await reload();
    expect(code).toBe(1);
    expect(lines[0]).toBe('listen.unicast[0].port: 5060 -> 5062 needs a restart');
    expect(await gatewaysOfACall()).toEqual(['gw1']);
  });

  test('SIGHUP does the same, and the log names the keys', async () => {
    const noticeOf = (event: string) =>
      until(event, () => readNotices().find((notice) => notice.event === event));
    stage.site.rewrite({ ...SECOND, callsMax: 'many' });
    stage.site.child.signal('SIGHUP');
    expect(await noticeOf('reload-refused')).toMatchObject({
      level: 'warn',
      by: 'SIGHUP',
      problems: [expect.stringContaining('callsMax')],
    });
    expect(await gatewaysOfACall()).toEqual(['gw1']);
    stage.site.rewrite(SECOND);
    stage.site.child.signal('SIGHUP');
    expect(await noticeOf('reloaded')).toMatchObject({ level: 'info', by: 'SIGHUP', changes: 5 });
    expect((await noticeOf('reloaded')).changed).toContain('routes[user *].group');
    expect(await gatewaysOfACall()).toEqual(['gw2']);
  });

  type Line = { readonly event: string; readonly changed?: readonly string[] };

  function readNotices(): Line[] {
    const text = readFileSync(join(stage.folder, 'steps.ndjson'), 'utf8');
    const lines = text.split('\n').slice(0, -1);
    return lines.map((line): Line => JSON.parse(line));
  }
});
