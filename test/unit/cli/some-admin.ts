import { afterEach } from '@jest/globals';
import { type AdminOptions, openAdmin } from '../../../apps/sbc/admin-http.ts';
import { unixMs } from '../../../lib/base/brands.ts';
import { callIdOf } from '../../../lib/call/ids.ts';
import { RecentCalls } from '../../../lib/observe/recent-calls.ts';
import { quietAdmin } from '../../support/quiet-admin.ts';
import { someRecord, someSteps } from '../observe/some-call.ts';

export const LOOPBACK = { address: '127.0.0.1', port: 0 };
export const LATER = { ...someRecord().times, ended: unixMs(someRecord().times.ended + 1) };
export const BUSY = someRecord({
  callId: callIdOf('sto-busy'),
  fault: 'callee',
  sipCallIdB: [],
  times: LATER,
});

/** Opens the admin pages of a node that has had two calls; the last ones end with each test. */
export function someAdmin() {
  let close: () => Promise<void> = async () => undefined;
  afterEach(() => close());
  return {
    async open(changes: Partial<AdminOptions> = {}) {
      const opened = await openSomeAdmin(changes);
      close = opened.close;
      return opened;
    },
    close: () => close(),
  };
}

async function openSomeAdmin(changes: Partial<AdminOptions>) {
  const recent = new RecentCalls(100);
  for (const step of someSteps()) recent.step(step);
  recent.record(someRecord(), () => '');
  recent.record(BUSY, () => '');
  const opened = await openAdmin({
    listen: LOOPBACK,
    ...quietAdmin(recent),
    metricsText: async () => 'landfall_calls_active 0\n',
    ...changes,
  });
  if (opened.kind === 'failed') throw new Error(opened.why);
  const url = `http://127.0.0.1:${opened.port}`;
  const get = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${url}${path}`, init);
    return { status: response.status, text: await response.text() };
  };
  return { recent, url, get, close: opened.close };
}

/** The calls in an answer, by their callId. */
export const callsIn = (text: string) =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line).callId);
