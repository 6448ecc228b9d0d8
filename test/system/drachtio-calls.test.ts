import { afterAll, beforeAll, expect, jest } from '@jest/globals';
import { callScenarios } from '../support/call-scenarios.ts';
import type { Child } from '../support/child.ts';
import { drachtioKeys, SERVER_NAME, startDrachtio } from '../support/drachtio-server.ts';
import { openStage } from '../support/stage.ts';
import { tempFolder } from '../support/temp-folder.ts';

const NET = '127.21.30';
const PLACES = {
  admin: { address: `${NET}.9`, port: 9022 },
  sip: { address: `${NET}.22`, port: 5060 },
};
jest.setTimeout(60_000);

const folder = tempFolder(`${NET}-drachtio`);
let server: Child | undefined;

beforeAll(async () => {
  server = await startDrachtio(folder.path, PLACES);
});
afterAll(async () => {
  await server?.stop();
  folder.remove();
});

const open = () => openStage({ net: NET, keys: drachtioKeys(PLACES) });

callScenarios(`calls through ${SERVER_NAME}`, open, async (site) => {
  expect(await site.metric('landfall_legs_total', 'engine="drachtio"')).toBe(9);
  expect(await site.metric('landfall_legs_total', 'engine="builtin"')).toBe(0);
});
