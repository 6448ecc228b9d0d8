import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openQuarantine } from '../../../../apps/sbc/quarantine.ts';
import type { EventSink, Notice } from '../../../../lib/ports/event-sink.ts';
import { type TempFolder, tempFolder } from '../../../support/temp-folder.ts';
import { VirtualWorld } from '../../../support/virtual-world.ts';

const FROM = { address: '203.0.113.7', port: 5060 };
const KILLER = Buffer.from('INVITE sip:112@a SIP/2.0\r\nSubject: \0\xff\r\n\r\n', 'latin1');
const OTHER = Buffer.from('BYE sip:112@a SIP/2.0\r\n\r\n');

let folder: TempFolder;
beforeEach(() => {
  folder = tempFolder('in-flight');
});
afterEach(() => folder.remove());

const HOUR_MS = 3_600_000;

/** A start of the node; one that is not closed has died, as far as its file tells. */
function open(stateDir = folder.path) {
  const notices: Notice[] = [];
  const counted: string[] = [];
  const sink: EventSink = {
    step: () => undefined,
    record: () => undefined,
    note: (notice) => notices.push(notice),
    count: (counter, label) => void counted.push(`${counter} ${label}`),
  };
  const time = new VirtualWorld(1);
  const quarantine = openQuarantine(stateDir, { world: time.world, sink });
  const told = { notices, counted, events: () => notices.map(({ event }) => event) };
  return { ...quarantine, ...told, wait: (ms: number) => time.runUntil(time.nowMs + ms) };
}

const kept = () => readdirSync(join(folder.path, 'quarantine'));

/** A start that dies of it, which looks out for that since others have died before. */
function dieOf(bytes: Buffer) {
  const node = open();
  node.wait(HOUR_MS / 2);
  node.admits(bytes, FROM);
  return node;
}

describe('a process that dies after one that ended in order', () => {
  test('has noted nothing, and the next start says so', () => {
    open().admits(KILLER, FROM);
    const why = expect.stringContaining('did not end in order');
    expect(open().notices).toEqual([{ event: 'died', level: 'warn', why }]);
    expect(existsSync(join(folder.path, 'quarantine'))).toBe(false);
  });

  test.each([
    ['31 s after its start, for both', 31_000, 2],
    ['later, for the second alone', 33_000, 1],
  ])('what the next one dies of counts, %s', (_, afterMs, deaths) => {
    open().admits(KILLER, FROM);
    const second = open();
    second.wait(afterMs);
    second.admits(KILLER, FROM);
    const third = open();
    expect(third.notices[0]).toMatchObject({ event: 'died-of', deaths });
    expect(third.admits(KILLER, FROM)).toBe(deaths === 1);
  });

  test('is followed by one that looks out for an hour', () => {
    open();
    const second = open();
    second.wait(HOUR_MS - 1);
    second.admits(KILLER, FROM);
    expect(open().events()).toEqual(['died-of']);
    second.wait(HOUR_MS);
    second.admits(KILLER, FROM);
    expect(open().events()).toEqual(['died']);
  });
});

describe('what was worked on when a process died', () => {
  beforeEach(() => void open());

  test('is kept byte for byte, told once, and let through once more', () => {
    dieOf(KILLER);
    const second = open();
    const [name = ''] = kept();
    expect(name).toMatch(/^[a-p]{32}\.1\.sip$/);
    const path = join(folder.path, 'quarantine', name);
    expect(readFileSync(path)).toEqual(KILLER);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const told = { event: 'died-of', level: 'error', deaths: 1, file: path };
    expect(second.notices).toEqual([{ ...told, source: '203.0.113.7:5060' }]);
    expect(second.admits(KILLER, FROM)).toBe(true);
  });

  test('twice: it is set apart, told at level error if it is an INVITE, and counted', () => {
    for (const bytes of [KILLER, KILLER, OTHER, OTHER]) dieOf(bytes);
    const node = open();
    node.notices.length = 0;
    expect(node.admits(KILLER, FROM)).toBe(false);
    expect(node.admits(OTHER, FROM)).toBe(false);
    expect(node.notices.map(({ event, level }) => [event, level])).toEqual([
      ['quarantined', 'error'],
      ['quarantined', 'warn'],
    ]);
    expect(node.counted).toEqual(['quarantine refused', 'quarantine dropped']);
    const alike = Buffer.from(KILLER);
    alike[alike.length - 5] = 0;
    expect(node.admits(alike, FROM)).toBe(true);
  });

  test('of a flood ten a minute are told, and all are counted', () => {
    for (const bytes of [KILLER, KILLER]) dieOf(bytes);
    const node = open();
    node.notices.length = 0;
    for (let turn = 0; turn < 100; turn += 1) node.admits(KILLER, FROM);
    expect([node.notices.length, node.counted.length]).toEqual([10, 100]);
  });

  test('is let through again when its file is gone', () => {
    for (const bytes of [KILLER, KILLER]) dieOf(bytes);
    const node = open();
    node.lookAgain();
    expect(node.admits(KILLER, FROM)).toBe(false);
    for (const name of kept()) rmSync(join(folder.path, 'quarantine', name));
    node.lookAgain();
    expect(node.admits(KILLER, FROM)).toBe(true);
  });

  test('what lies beside it is left alone', () => {
    dieOf(KILLER);
    const stranger = join(folder.path, 'quarantine', 'notes.txt');
    open();
    writeFileSync(stranger, 'looked at on Monday');
    for (let serial = 0; serial < 80; serial += 1) dieOf(Buffer.from(`BYE ${serial}`));
    open();
    expect(readFileSync(stranger, 'utf8')).toBe('looked at on Monday');
  });

  test('is bounded: who has killed most seldom and longest ago goes first', () => {
    for (const bytes of [KILLER, KILLER]) dieOf(bytes);
    for (let serial = 0; serial < 80; serial += 1) dieOf(Buffer.from(`BYE ${serial}`));
    open();
    expect(kept()).toHaveLength(64);
    expect(kept().filter((name) => name.endsWith('.2.sip'))).toHaveLength(1);
  });
});

describe('nothing is kept', () => {
  test('once it was quiet for a moment, and not before', () => {
    open();
    const node = dieOf(OTHER);
    node.admits(KILLER, FROM);
    node.wait(5);
    expect(open().events()).toEqual(['died-of']);
    node.admits(OTHER, FROM);
    node.wait(100);
    expect(open().events()).toEqual(['died']);
  });

  test('of an end in order, after which nobody looks out', () => {
    open();
    dieOf(KILLER).close();
    const node = open();
    expect(node.events()).toEqual([]);
    node.admits(KILLER, FROM);
    expect(open().events()).toEqual(['died']);
  });

  test('of a file that is cut short or holds anything', () => {
    const path = join(folder.path, 'in-flight');
    for (const junk of ['', 'x', 'x'.repeat(63), '\xfe'.repeat(100), '\x01\0\0\0']) {
      writeFileSync(path, junk, 'latin1');
      const node = open();
      expect(node.events()).toEqual([]);
      expect(node.admits(KILLER, FROM)).toBe(true);
    }
  });

  test('where nothing can be written: that is told, and all are served', () => {
    const node = open(join(folder.path, 'nowhere'));
    expect(node.notices).toMatchObject([{ event: 'in-flight-unkept', level: 'warn' }]);
    expect(node.admits(KILLER, FROM)).toBe(true);
  });
});
