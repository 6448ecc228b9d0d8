import { connect } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { adminSource } from '../../../apps/cli/admin-source.ts';
import { run } from '../../../apps/cli/commands.ts';
import { unixMs } from '../../../lib/base/brands.ts';
import { realWorld } from '../../../lib/base/real-world.ts';
import { callIdOf } from '../../../lib/call/ids.ts';
import { RecentCalls } from '../../../lib/observe/recent-calls.ts';
import { type AllSites, openAllSites } from '../../../lib/observe/sites/all-sites.ts';
import type { Notice } from '../../../lib/ports/event-sink.ts';
import type { PeerLinks } from '../../../lib/ports/peer-links.ts';
import { until } from '../../support/until.ts';
import { someRecord } from '../observe/some-call.ts';
import { fakeTerminal } from './fake-terminal.ts';
import { callsIn, LOOPBACK, someAdmin } from './some-admin.ts';

const admin = someAdmin();

describe('the admin pages of calls of all sites', () => {
  test('show the last ones and end, or follow', async () => {
    const { recent, url, get } = await admin.open();
    expect(callsIn((await get('/sites/calls?limit=1&failed=1')).text)).toEqual(['sto-busy']);
    expect((await get('/sites/calls?limit=many')).status).toBe(400);
    const response = await fetch(`${url}/sites/calls/tail?limit=1`);
    const reader = response.body?.getReader();
    const next = async () => Buffer.from((await reader?.read())?.value ?? []).toString();
    expect(callsIn(await next())).toEqual(['sto-busy']);
    recent.record(someRecord({ callId: callIdOf('sto-late') }), () => '');
    expect(callsIn(await next())).toEqual(['sto-late']);
    await reader?.cancel();
  });

  test('are given to a few at once, who are told so', async () => {
    const { url, get } = await admin.open();
    const pages = Array.from({ length: 4 }, () => fetch(`${url}/sites/calls/tail`));
    const open4 = await Promise.all(pages);
    const { status, text } = await get('/sites/calls/tail');
    expect([status, text]).toEqual([503, expect.stringContaining('of all sites already')]);
    for (const { body } of open4) await body?.cancel();
    await until('there is room', async () => (await get('/sites/calls')).status === 200);
  });

  test('and of one are cut off for who does not read them, which is told', async () => {
    const notices: Notice[] = [];
    const note = (notice: Notice) => void notices.push(notice);
    const { recent, url } = await admin.open({ sink: { note } });
    const { host, hostname, port } = new URL(url);
    const reader = connect({ host: hostname, port: Number(port) });
    reader.pause();
    reader.on('error', () => undefined);
    reader.write(`GET /calls/tail?limit=1 HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    await new Promise((resolve) => reader.once('readable', resolve));
    const line = `${'x'.repeat(100_000)}\n`;
    for (let count = 0; count < 1000 && notices.length === 0; count += 1) {
      recent.record(someRecord({ callId: callIdOf(`sto-${count}`) }), () => line);
    }

    expect(notices).toEqual([
      { event: 'tail-dropped', level: 'info', behindBytes: expect.any(Number) },
    ]);
    recent.record(someRecord({ callId: callIdOf('sto-last') }), () => line);
    expect(notices).toHaveLength(1);
    reader.destroy();
  });
});

describe('landfall calls tail --all-sites', () => {
  async function calls(...args: string[]) {
    const { io, out, err } = fakeTerminal();
    const code = await run(['calls', ...args], io, () => '');
    return { code, out: out.join('\n'), err: err.join('\n') };
  }

  test('shows those of all sites, and names one that is not there', async () => {
    const recent = new RecentCalls(10);
    recent.record(someRecord(), () => '');
    const world = realWorld();
    const own = { site: 'sto', epoch: 7 };
    const got = { site: 2, name: 'got', link: undefined };
    const carry = async () => ({ kind: 'unknown', why: 'down' }) as const;
    const links = () => ({ peers: () => [got], carry });
    const { url } = await admin.open({ allSites: openAllSites({ world, recent, own, links }) });
    const { code, out, err } = await calls('tail', '--all-sites', '--admin', url);

    expect(code).toBe(0);
    expect(out).toMatch(/^2026-11-20 03:12:07Z {2}sto {2}112 {2}sto-k4w2h7qz/);
    expect(out.split('\n')).toHaveLength(1);
    expect(err).toBe('landfall: got is out of reach (no link); its calls follow when it is back');
    const json = await calls('tail', '--all-sites', '--json', '--failed', '--admin', url);
    expect([json.code, json.out]).toEqual([0, '']);
  });

  test('has no file for all sites', async () => {
    const { code, err } = await calls('tail', '--all-sites', '--file', 'calls.ndjson');
    expect(code).toBe(2);
    expect(err).toContain('--all-sites and --file exclude each other');
  });

  test.each([
    ['of a site that was behind the others', 2, 4000, ['got-1', 'sto-1', 'got-2']],
    ['of a site that nothing was shown of, and not for what is older', 1, 6000, ['sto-1', 'got-2']],
  ])('comes back for what it missed %s', async (_, lines, missedAt, expected) => {
    const sto = new RecentCalls(10);
    const got = new RecentCalls(10);
    const end = (recent: RecentCalls, site: string, name: string, endedAt: number) => {
      const times = { ...someRecord().times, ended: unixMs(endedAt) };
      recent.record(someRecord({ callId: callIdOf(name), site, times }), () => '');
    };
    end(got, 'got', 'got-old', 1000);
    end(got, 'got', 'got-1', 3000);
    end(sto, 'sto', 'sto-1', 5000);
    const allSites = twoSites(sto, got);
    const { url } = await admin.open({ allSites });
    const shown: string[] = [];
    let pauses = 0;
    const pause = async () => {
      pauses += 1;
      if (pauses > 1) return false;
      end(got, 'got', 'got-2', missedAt);
      await admin.open({ allSites, listen: { ...LOOPBACK, port: Number(new URL(url).port) } });
      return true;
    };
    await adminSource({ url: new URL(url), token: undefined }, pause, 'sites/calls').follow({
      wanted: { failed: false, number: undefined, gateway: undefined },
      lines,
      show: ({ callId }) => {
        shown.push(callId);
        if (callId === 'sto-1' || callId === 'got-2') void admin.close();
      },
      remark: () => undefined,
    });

    expect(shown).toEqual(expected);
  });
});

/** Two sites whose link is a call of a function. */
function twoSites(sto: RecentCalls, got: RecentCalls): AllSites {
  const world = realWorld();
  const peer = { site: 2, name: 'got', link: undefined };
  const far = { world, recent: got, own: { site: 'got', epoch: 3 }, links: () => undefined };
  const other = openAllSites(far);
  const carry: PeerLinks['carry'] = async ({ body }) => {
    return { kind: 'answered', body: other.answer(body), afterMs: 1 };
  };
  const links = () => ({ peers: () => [peer], carry });
  return openAllSites({ world, recent: sto, own: { site: 'sto', epoch: 7 }, links });
}
