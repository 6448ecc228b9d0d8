import path from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type Child, startChild } from '../support/child.ts';
import { startSipp } from '../support/sipp.ts';
import { type TempFolder, tempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

const NET = '127.21.10';
jest.setTimeout(60_000);

const PROJECT = path.join(__dirname, '..', '..');
const LANDFALL = path.join(PROJECT, 'dist', 'apps', 'cli', 'landfall.js');
const LOOPBACK_SITE = path.join(PROJECT, 'dist', 'apps', 'lab', 'loopback-site.js');

describe('first contact', () => {
  let folder: TempFolder;
  beforeEach(() => {
    folder = tempFolder('first');
  });
  afterEach(() => folder.remove());

  const run = (...args: readonly string[]): Child =>
    startChild(process.execPath, args, { cwd: folder.path, lifeMs: 40_000 });
  const landfall = (...args: readonly string[]) => run(LANDFALL, ...args);

  test('what npm start starts takes the call that it suggests, and SIGTERM ends it with 0', async () => {
    const site = run(LOOPBACK_SITE);
    try {
      await until('the command to try next', () => {
        if (site.isOver()) throw new Error(site.output());
        return site.output().includes('landfall call sip:112@127.0.0.112');
      });
      for (const listener of ['127.0.0.112:5060', '127.0.0.11:5060', '127.0.0.1:8112'])
        expect(site.output()).toContain(listener);

      const call = landfall('call', 'sip:112@127.0.0.112', '--after', '300');
      expect((await call.ended).code).toBe(0);
      for (const address of ['127.0.0.112:5060', '127.0.0.11:5060'])
        expect(call.output()).toContain(address);
      for (const message of ['INVITE', '200', 'ACK', 'BYE'])
        expect(call.output()).toContain(message);

      const busy = landfall('call', 'sip:busy@127.0.0.112');
      expect((await busy.ended).code).toBe(1);
      const records = landfall('calls', 'tail', '--json');
      expect((await records.ended).code).toBe(0);
      expect(records.output()).toContain('"moved":"moved"');
      expect(records.output()).toContain('"status":486');

      site.signal('SIGTERM');
      expect(await site.ended).toEqual({ code: 0, signal: undefined });
    } finally {
      site.signal('SIGKILL');
      await site.ended;
    }
  });

  test('a call to a peer whose Contact is the address that was dialled exits with 1', async () => {
    const local = { address: `${NET}.112`, port: 5060 };
    const peer = await startSipp({ scenario: 'sn:uas', folder: folder.path, local });
    const call = landfall('call', `sip:112@${local.address}`, '--after', '100');
    const { code } = await call.ended;
    expect(`${code} ${call.output()}`).toMatch(/^1 /);
    expect(call.output()).toContain('BYE');
    await peer.stop();
  });

  test('a command that nobody knows exits with 2', async () => {
    expect((await landfall('frobnicate').ended).code).toBe(2);
  });
});
