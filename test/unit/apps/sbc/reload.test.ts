import { afterEach, describe, expect, test } from '@jest/globals';
import { run } from '../../../../apps/cli/commands.ts';
import { type AdminOptions, openAdmin } from '../../../../apps/sbc/admin-http.ts';
import { type Reloaded, reloader } from '../../../../apps/sbc/reload.ts';
import type { SiteConfig } from '../../../../config/site-config.ts';
import { RecentCalls } from '../../../../lib/observe/recent-calls.ts';
import type { Notice } from '../../../../lib/ports/event-sink.ts';
import { quietAdmin } from '../../../support/quiet-admin.ts';
import { fakeTerminal } from '../../cli/fake-terminal.ts';
import { load, SITE, siteWith } from '../../config/sample.ts';

/** A node of which only the reload is there; `write` changes its file. */
function site() {
  let text = SITE;
  const taken: SiteConfig[] = [];
  const notices: Notice[] = [];
  const first = load(text);
  if (first.kind === 'invalid') throw new Error('the sample is invalid');
  const reload = reloader(first, {
    file: 'site.yaml',
    load: () => load(text),
    take: (config) => taken.push(config),
    lookAgain: () => undefined,
    sink: {
      note: (notice) => notices.push(notice),
      step: () => undefined,
      record: () => undefined,
      count: () => undefined,
    },
  });
  const write = (next: string) => {
    text = next;
  };
  return { reload, write, taken, notices };
}

describe('a reload', () => {
  test('of the same file changes nothing', () => {
    const { reload, taken, notices } = site();
    expect(reload('SIGHUP')).toEqual({ kind: 'taken', changes: [] });
    expect(taken).toEqual([]);
    expect(notices).toEqual([
      { event: 'reloaded', level: 'info', by: 'SIGHUP', changes: 0, changed: [] },
    ]);
  });

  test('takes the whole, says what is different, and logs the keys', () => {
    const { reload, write, taken, notices } = site();
    write(`${SITE}callsMax: 20\n`);
    expect(reload('admin')).toEqual({ kind: 'taken', changes: ['~ callsMax: 10000 -> 20'] });
    expect(taken.map(({ options }) => options.callsMax)).toEqual([20]);
    expect(notices[0]).toMatchObject({ by: 'admin', changes: 1, changed: ['callsMax'] });
    expect(reload('admin')).toEqual({ kind: 'taken', changes: [] });
  });

  test('refuses a broken file with every problem, and goes on from what runs', () => {
    const { reload, write, taken, notices } = site();
    write(`${siteWith('port: 5060', 'port: 0')}callsMax: many\n`);
    const problems = [
      'site.yaml:4:53 listen.anycast[0].port: 0 is out of range; write a whole number from 1 to 65535',
      'site.yaml:17:1 callsMax: "many" is not a whole number; write a whole number from 1 to 1000000',
    ];
    expect(reload('admin')).toEqual({ kind: 'refused', problems });
    expect(taken).toEqual([]);
    expect(notices).toEqual([{ event: 'reload-refused', level: 'warn', by: 'admin', problems }]);
    write(SITE);
    expect(reload('admin')).toEqual({ kind: 'taken', changes: [] });
  });

  test('is refused as a whole when one change needs a restart', () => {
    const { reload, write, taken } = site();
    write(`${siteWith('siteNumber: 1', 'siteNumber: 2')}callsMax: 20\n`);
    const problems = ['siteNumber: 1 -> 2 needs a restart'];
    expect(reload('admin')).toEqual({ kind: 'refused', problems });
    expect(taken).toEqual([]);
  });
});

describe('landfall reload', () => {
  let close: () => Promise<void> = async () => undefined;
  afterEach(() => close());

  async function open(reloaded: Reloaded, changes: Partial<AdminOptions> = {}) {
    const opened = await openAdmin({
      listen: { address: '127.0.0.1', port: 0 },
      ...quietAdmin(new RecentCalls(1)),
      reload: () => reloaded,
      ...changes,
    });
    if (opened.kind === 'failed') throw new Error(opened.why);
    close = opened.close;
    return `http://127.0.0.1:${opened.port}`;
  }

  async function type(url: string, env: Readonly<Record<string, string>> = {}) {
    const { io, out, err } = fakeTerminal(env);
    return { code: await run(['reload', '--admin', url], io, () => ''), out, err };
  }

  test('prints the difference', async () => {
    const changes = ['~ callsMax: 10000 -> 20', '+ routes[user 9*]: { group: office }'];
    expect(await type(await open({ kind: 'taken', changes }))).toEqual({
      code: 0,
      out: changes,
      err: [],
    });
  });

  test('says when nothing has changed', async () => {
    const said = await type(await open({ kind: 'taken', changes: [] }));
    expect(said).toEqual({ code: 0, out: ['nothing has changed'], err: [] });
  });

  test('says every reason of a refusal and ends with 1', async () => {
    const problems = ['siteNumber: 1 -> 2 needs a restart', 'site: sto -> mal needs a restart'];
    const url = await open({ kind: 'refused', problems });
    const closing = 'landfall reload: refused; the node runs on with what it had';
    expect(await type(url)).toEqual({ code: 1, out: [], err: [...problems, closing] });
  });

  test('needs the token where there is one', async () => {
    const url = await open({ kind: 'taken', changes: [] }, { token: 'right' });
    const said = await type(url);
    expect(said.code).toBe(1);
    expect(said.err.join()).toContain('set LANDFALL_ADMIN_TOKEN');
    expect((await type(url, { LANDFALL_ADMIN_TOKEN: 'right' })).code).toBe(0);
  });

  test('ends with 1 where no node is, and with 2 when called wrongly', async () => {
    const url = await open({ kind: 'taken', changes: [] });
    await close();
    close = async () => undefined;
    expect((await type(url)).err.join()).toContain('no node listens there');
    const { io, err } = fakeTerminal();
    expect(await run(['reload', 'site.yaml'], io, () => '')).toBe(2);
    expect(err.join()).toContain('site.yaml is an argument too many');
  });

  test('is a POST that no web page can send', async () => {
    const url = `${await open({ kind: 'taken', changes: [] })}/reload`;
    const status = async (init: RequestInit) => (await fetch(url, init)).status;
    expect(await status({})).toBe(405);
    expect(await status({ method: 'POST' })).toBe(200);
    expect(await status({ method: 'POST', headers: { Origin: 'http://a.example' } })).toBe(401);
  });
});
