#!/usr/bin/env node
import { run } from './commands.ts';
import { EXIT, type Io } from './io.ts';
import { versionOf } from './version.ts';

// `landfall calls tail | head` is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failed);
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
