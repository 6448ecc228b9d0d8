import type { Target } from './target.ts';
import { CONFIG } from './targets/config.ts';
import { FRAMES } from './targets/frames.ts';
import { FRAMING } from './targets/framing.ts';
import { MACHINES_TARGET } from './targets/machines.ts';
import { MESSAGES } from './targets/messages.ts';
import { NAMES_TARGET } from './targets/names.ts';
import { NODE } from './targets/node.ts';
import { VALUES } from './targets/values.ts';

export const TARGETS: readonly Target[] = [
  MESSAGES,
  VALUES,
  FRAMING,
  MACHINES_TARGET,
  FRAMES,
  NAMES_TARGET,
  CONFIG,
  NODE,
];
