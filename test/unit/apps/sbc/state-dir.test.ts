import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { nextEpoch, ownKey } from '../../../../apps/sbc/state-dir.ts';
import { monoMs, unixMs } from '../../../../lib/base/brands.ts';
import type { Clock, Rng } from '../../../../lib/base/time.ts';

const NOW = 1_700_000_000;
const clockAt = (seconds: number): Clock => ({
  mono: () => monoMs(0),
  unix: () => unixMs(seconds * 1000 + 999),
});

let folder = '';
let stateDir = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'landfall-state-'));
  stateDir = join(folder, 'deep', 'state');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('the epoch', () => {
  test('of a first start is the clock in seconds, and is kept', () => {
    expect(nextEpoch(stateDir, clockAt(NOW))).toEqual({ kind: 'kept', epoch: NOW });
    expect(readFileSync(join(stateDir, 'epoch'), 'utf8')).toBe(`${NOW}\n`);
    expect(readdirSync(stateDir)).toEqual(['epoch']);
  });

  test('goes up with each start, within one second and with a clock that goes back', () => {
    const epochs = [NOW, NOW, NOW - 1000, NOW + 60].map(
      (seconds) => nextEpoch(stateDir, clockAt(seconds)).epoch,
    );

    expect(epochs).toEqual([NOW, NOW + 1, NOW + 2, NOW + 60]);
  });

  test('is above that of a start that could not be kept', () => {
    nextEpoch(stateDir, clockAt(NOW));
    mkdirSync(join(stateDir, 'epoch.new'));
    const unkept = nextEpoch(stateDir, clockAt(NOW + 100));
    rmSync(join(stateDir, 'epoch.new'), { recursive: true });

    expect(unkept).toMatchObject({ kind: 'clock', epoch: NOW + 100 });
    expect(nextEpoch(stateDir, clockAt(NOW + 101)).epoch).toBe(NOW + 101);
  });

  test.each(['', 'x', '-5', '1e9', '17000000001700000000', '34359738367'])(
    'is taken from the clock when the file holds %j, and said so',
    (text) => {
      mkdirSync(stateDir, { recursive: true });
      writeFileSync(join(stateDir, 'epoch'), text);

      const first = nextEpoch(stateDir, clockAt(NOW));

      expect(first).toMatchObject({ kind: 'clock', epoch: NOW });
      expect(first).toHaveProperty('why', `${join(stateDir, 'epoch')} holds no count`);
      expect(nextEpoch(stateDir, clockAt(NOW))).toEqual({ kind: 'kept', epoch: NOW + 1 });
    },
  );

  test('is taken from the clock when it cannot be read', () => {
    mkdirSync(join(stateDir, 'epoch'), { recursive: true });

    expect(nextEpoch(stateDir, clockAt(NOW))).toMatchObject({ kind: 'clock', epoch: NOW });
  });

  test('does not stop a start when there can be no folder', () => {
    writeFileSync(join(folder, 'deep'), 'a file in the way');

    const epoch = nextEpoch(stateDir, clockAt(NOW));

    expect(epoch).toMatchObject({ kind: 'clock', epoch: NOW });
    expect(epoch).toHaveProperty('why', expect.stringContaining('ENOTDIR'));
  });

  test('does not hang where no folder can ever be made', () => {
    expect(nextEpoch('/proc/landfall/state', clockAt(NOW)).kind).toBe('clock');
  });

  test('is not hindered by a draft that a crash left behind', () => {
    mkdirSync(stateDir, { recursive: true });
    writeFileSync(join(stateDir, 'epoch.new'), '1', { mode: 0o400 });

    expect(nextEpoch(stateDir, clockAt(NOW)).kind).toBe('kept');
  });
});

describe('the key of a site without cluster keys', () => {
  test('is made once, of 32 bytes, and only its owner can read it', () => {
    const first = ownKey(stateDir, rngOf(1));
    const second = ownKey(stateDir, rngOf(2));
    const file = join(stateDir, 'cluster.key');

    expect(first.kind).toBe('kept');
    expect(second).toEqual(first);
    expect(first.key.id).toBe('k1');
    expect(Buffer.from(readFileSync(file, 'utf8'), 'base64url')).toEqual(Buffer.alloc(32, 1));
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('is the same when another site is given the file as its cluster key', () => {
    const { key } = ownKey(stateDir, rngOf(3));
    const text = readFileSync(join(stateDir, 'cluster.key'), 'utf8').trim();

    expect(Buffer.from(key.secret).toString()).toBe(text);
  });

  test('is made anew when the file was cut short', () => {
    mkdirSync(stateDir, { recursive: true });
    writeFileSync(join(stateDir, 'cluster.key'), 'AQEB');

    const made = ownKey(stateDir, rngOf(4));

    expect(made.kind).toBe('kept');
    expect(ownKey(stateDir, rngOf(5))).toEqual(made);
  });

  test('lasts for one run when it cannot be kept, and says so', () => {
    writeFileSync(join(folder, 'deep'), 'a file in the way');

    const { kind, key } = ownKey(stateDir, rngOf(6));

    expect(kind).toBe('unkept');
    expect(key.secret).toHaveLength(43);
    expect(ownKey(stateDir, rngOf(7)).key).not.toEqual(key);
  });

  test('leaves a file alone that is there and cannot be read', () => {
    mkdirSync(join(stateDir, 'cluster.key'), { recursive: true });

    expect(ownKey(stateDir, rngOf(8))).toMatchObject({ kind: 'unkept' });
    expect(readdirSync(stateDir)).toEqual(['cluster.key']);
  });
});

function rngOf(byte: number): Rng {
  return { fraction: () => 0, bytes: (count) => new Uint8Array(count).fill(byte) };
}
