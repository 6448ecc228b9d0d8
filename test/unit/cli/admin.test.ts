import { describe, expect, test } from '@jest/globals';
import { adminSource } from '../../../apps/cli/admin-source.ts';
import { run } from '../../../apps/cli/commands.ts';
import { openAdmin } from '../../../apps/sbc/admin-http.ts';
import { callIdOf } from '../../../lib/call/ids.ts';
import { quietAdmin } from '../../support/quiet-admin.ts';
import { someRecord, someSteps } from '../observe/some-call.ts';
import { fakeTerminal } from './fake-terminal.ts';
import { callsIn, LATER, LOOPBACK, someAdmin } from './some-admin.ts';

const admin = someAdmin();

describe('the admin pages', () => {
  test('say that the node lives and is ready', async () => {
    const { get } = await admin.open();
    expect(await get('/healthz')).toEqual({ status: 200, text: 'ok\n' });
    expect(await get('/readyz')).toEqual({ status: 200, text: 'ready\n' });
    expect(await get('/metrics')).toEqual({ status: 200, text: 'landfall_calls_active 0\n' });
  });

  test('say why the node is not ready', async () => {
    const { get } = await admin.open({ readiness: () => ({ ready: false, why: 'draining' }) });
    expect(await get('/readyz')).toEqual({ status: 503, text: 'draining\n' });
    expect(await get('/healthz')).toEqual({ status: 200, text: 'ok\n' });
  });

  test('show the last calls, newest last', async () => {
    const { get } = await admin.open();
    expect(callsIn((await get('/calls')).text)).toEqual(['sto-k4w2h7qz', 'sto-busy']);
    expect(callsIn((await get('/calls?limit=1')).text)).toEqual(['sto-busy']);
    expect(callsIn((await get('/calls?failed=1')).text)).toEqual(['sto-busy']);
    expect(callsIn((await get('/calls?number=46701')).text)).toHaveLength(2);
    expect(callsIn((await get('/calls?gateway=none')).text)).toEqual([]);
  });

  test('show one call with its steps', async () => {
    const { get } = await admin.open();
    const { status, text } = await get('/calls/sto-k');
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual(
      JSON.parse(
        JSON.stringify({
          callId: 'sto-k4w2h7qz',
          record: someRecord(),
          steps: someSteps(),
          stepsLost: 0,
        }),
      ),
    );
    expect((await get('/calls/a84b4c76e66710%40203.0.113.77')).status).toBe(409);
  });

  test.each([
    ['/', 404],
    ['/calls/nobody', 404],
    ['/calls/a/b', 404],
    ['/calls/%', 404],
    ['/calls?limit=many', 400],
    ['/calls?limit=-1', 400],
    ['/calls?failed=yes', 400],
    ['/calls/sto-', 409],
  ])('refuse %s with %i and say why, as JSON', async (path, status) => {
    const { get } = await admin.open();
    const answer = await get(path);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toEqual({ error: expect.any(String) });
  });

  test('refuse every method that would change something', async () => {
    const { get } = await admin.open();
    expect((await get('/calls', { method: 'POST', body: 'x' })).status).toBe(405);
    expect((await get('/healthz', { method: 'HEAD' })).status).toBe(200);
  });

  test('want the token for all that tells of calls', async () => {
    const { get } = await admin.open({ token: 'right' });
    expect((await get('/healthz')).status).toBe(200);
    expect((await get('/calls')).status).toBe(401);
    const shown = (token: string) => ({ headers: { Authorization: token } });
    expect((await get('/calls', shown('Bearer wrong'))).status).toBe(401);
    expect((await get('/calls', shown('Basic right'))).status).toBe(401);
    expect((await get('/metrics', shown('Bearer right'))).status).toBe(200);
  });

  test('end a request that fails, and not the process', async () => {
    const { get } = await admin.open({
      metricsText: () => Promise.reject(new Error('no metrics')),
    });
    expect(await get('/metrics')).toEqual({ status: 500, text: '{"error":"no metrics"}\n' });
  });

  test('say which address is taken', async () => {
    const { recent, url } = await admin.open();
    const listen = { address: '127.0.0.1', port: Number(new URL(url).port) };
    expect(await openAdmin({ listen, ...quietAdmin(recent) })).toEqual({
      kind: 'failed',
      why: expect.stringContaining(`admin.listen is 127.0.0.1:${listen.port}: listen EADDRINUSE`),
    });
  });

  test('stream the calls as they end', async () => {
    const { recent, url } = await admin.open();
    const response = await fetch(`${url}/calls/tail?failed=1&limit=5`);
    const reader = response.body?.getReader();
    const next = async () => Buffer.from((await reader?.read())?.value ?? []).toString();
    expect(callsIn(await next())).toEqual(['sto-busy']);
    recent.record(someRecord({ callId: callIdOf('sto-fine') }), () => '{"callId":"sto-fine"}\n');
    const late = someRecord({ callId: callIdOf('sto-late'), fault: 'us' });
    recent.record(late, () => '{"callId":"sto-late"}\n');
    expect(callsIn(await next())).toEqual(['sto-late']);
    await reader?.cancel();
  });
});

describe('the calls command with a node', () => {
  async function calls(env: Record<string, string>, ...args: string[]) {
    const { io, out, err } = fakeTerminal({ LANG: 'C.UTF-8', ...env });
    const code = await run(['calls', ...args], io, () => '');
    return { code, out: out.join('\n'), err: err.join('\n') };
  }

  test('shows the last calls', async () => {
    const { url } = await admin.open();
    const { code, out } = await calls({}, 'tail', '--admin', url);
    expect(code).toBe(0);
    expect(out.split('\n')).toHaveLength(2);
    expect((await calls({}, 'tail', '--failed', '--admin', url)).out).toContain('sto-busy');
  });

  test('draws a call', async () => {
    const { url } = await admin.open();
    expect((await calls({}, 'ladder', 'sto-k', '--admin', url)).out).toContain('moved off anycast');
    expect((await calls({}, 'show', 'b2-9e01', '--admin', url)).out).toContain('EMERGENCY');
  });

  test('says what the node said', async () => {
    const { url } = await admin.open({ token: 'right' });
    const { code, err } = await calls({}, 'tail', '--admin', url);
    expect(code).toBe(1);
    expect(err).toContain('admin.token (set LANDFALL_ADMIN_TOKEN)');
    expect((await calls({ LANDFALL_ADMIN_TOKEN: 'right' }, 'tail', '--admin', url)).code).toBe(0);
    const unknown = await calls({ LANDFALL_ADMIN_TOKEN: 'right' }, 'show', 'got-1', '--admin', url);
    expect(unknown.err).toContain('ID is got-1: no such call here');
    const several = await calls({ LANDFALL_ADMIN_TOKEN: 'right' }, 'show', 'sto-', '--admin', url);
    expect(several.err).toContain('more than one call: sto-k4w2h7qz, sto-busy');
  });

  test('says that no node is there', async () => {
    const { url } = await admin.open();
    await admin.close();
    const { code, err } = await calls({}, 'tail', '-f', '--admin', url);
    expect(code).toBe(1);
    expect(err).toBe(
      `landfall: --admin is ${url}/: no node listens there; start one with npm start, or read a log with --file`,
    );
  });

  test('follows it, and comes back for what it missed', async () => {
    const { recent, url } = await admin.open();
    const shown: string[] = [];
    const end = (name: string) => {
      const record = someRecord({ callId: callIdOf(name), sipCallIdB: [], times: LATER });
      recent.record(record, () => `${JSON.stringify(record)}\n`);
    };
    let pauses = 0;
    const pause = async () => {
      pauses += 1;
      if (pauses > 1) return false;
      end('sto-missed');
      await admin.open({ recent, listen: { ...LOOPBACK, port: Number(new URL(url).port) } });
      return true;
    };
    const stopAfter = async (name: string) => {
      if (name === 'sto-live' || name === 'sto-again') await admin.close();
    };
    await adminSource({ url: new URL(url), token: undefined }, pause).follow({
      wanted: { failed: false, number: undefined, gateway: undefined },
      lines: 1,
      show: ({ callId }) => {
        shown.push(callId);
        if (callId === 'sto-busy') end('sto-live');
        if (callId === 'sto-missed') end('sto-again');
        void stopAfter(callId);
      },
      remark: (text) => shown.push(text.replace(`${url}/`, 'node')),
    });
    expect(shown).toEqual([
      'sto-busy',
      'sto-live',
      'node is gone; trying again',
      'node is back',
      'sto-missed',
      'sto-again',
      'node is gone; trying again',
    ]);
  });
});
