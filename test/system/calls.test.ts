import { jest } from '@jest/globals';
import { callScenarios } from '../support/call-scenarios.ts';
import { openStage } from '../support/stage.ts';

jest.setTimeout(60_000);

callScenarios('calls through a running site', () => openStage({ net: '127.21.2' }));
