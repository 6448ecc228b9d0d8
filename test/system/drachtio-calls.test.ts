import { afterAll, beforeAll, expect, jest } from '@jest/globals';
import { callScenarios } from '../support/call-scenarios.ts';
import type { Child } from '../support/child.ts';
import { SECRET, SERVER_NAME, startDrachtio } from '../support/drachtio-server.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { tempFolder } from '../support/temp-folder.ts';

const NET = '127.21.30';
const ADMIN = { address: `${NET}.9`, port: 9022 };
const SIP = { address: `${NET}.22`, port: 5060 };
jest.setTimeout(60_000);

const folder = tempFolder(`${NET}-drachtio`);
let server: Child | undefined;

beforeAll(async () => {
  server = await startDrachtio(folder.path, { admin: ADMIN, sip: SIP });
});
afterAll(async () => {
  await server?.stop();
  folder.remove();
});

async function open(): Promise<Stage> {
  process.env['LANDFALL_TEST_SECRET'] = SECRET;
  const drachtio = [{ host: ADMIN.address, port: ADMIN.port, secret: 'env:LANDFALL_TEST_SECRET' }];
  return openStage({ net: NET, keys: { engine: { gateway: 'drachtio', drachtio } } });
}

callScenarios(`calls through ${SERVER_NAME}`, open, async (site) => {
  expect(await site.metric('landfall_legs_total', 'engine="drachtio"')).toBe(9);
  expect(await site.metric('landfall_legs_total', 'engine="builtin"')).toBe(0);
});
