#!/usr/bin/env node
import { run } from './commands.ts';
import { EXIT, type Io } from './io.ts';
import { versionOf } from './version.ts';

/** A node outlives whoever reads its log; any other command has nobody left to work for. */
const outlivesReader = process.argv[2] === 'start';
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!outlivesReader) process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failed);
  });
}

const io: Io = {
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
  colours: process.stdout.isTTY && process.stdout.hasColors() && !process.env['NO_COLOR'],
  env: process.env,
};

run(process.argv.slice(2), io, () => versionOf(import.meta.url)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    io.err(`landfall: a bug: ${error instanceof Error ? error.stack : String(error)}`);
    process.exitCode = EXIT.failed;
  },
);
