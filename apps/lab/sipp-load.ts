import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { sourceFile } from './lab-files.ts';
import type { LoadArguments } from './load-arguments.ts';
import type { RunningLab } from './running-lab.ts';
import { tagOf, userOf } from './sip-text.ts';
import { ANYCAST, callerAddress, GATEWAYS_PLACE, SIP_PORT } from './topology.ts';
import type { WirePacket } from './transit-link.ts';

const SETTLE_MS = 1500;
const GRACE_SEC = 40;
const SHOWN_CHARS = 1500;

/** The same load by sipp, from one address: calls that honour Contact, answered and hung up. */
export async function loadBySipp(lab: RunningLab, asked: LoadArguments): Promise<boolean> {
  const legs = new Map<string, Set<string>>();
  await lab.transit.watch((packet) => countLeg(legs, packet));
  await lab.transit.route(asked.rule);
  const { calls, cps } = asked;
  const { code, output } = await runSipp(asked);
  await pause(SETTLE_MS);
  await lab.transit.route({ to: 1 });
  const doubled = [...legs.values()].filter(({ size }) => size > 1).length;
  if (code !== 0) console.log(output.slice(-SHOWN_CHARS));
  const end = code === 0 ? 'all of them well' : `some failed (exit code ${code})`;
  console.log(
    `${calls} calls by sipp at ${cps} a second: ${end}; ${legs.size} reached the gateway, ${doubled} with a second leg b`,
  );
  return code === 0 && doubled === 0;
}

function countLeg(legs: Map<string, Set<string>>, { target, fate, sip }: WirePacket): void {
  const name = userOf(sip?.from);
  const callId = sip?.['call-id'];
  const isBegin = sip?.method === 'INVITE' && tagOf(sip.to) === undefined;
  if (target !== GATEWAYS_PLACE || fate !== 'arrived' || !isBegin) return;
  if (name === undefined || callId === undefined || !name.startsWith('sipp-')) return;
  const known = legs.get(name) ?? new Set();
  legs.set(name, known.add(callId));
}

function runSipp({ calls, cps, lab }: LoadArguments) {
  const address = callerAddress('free', 1);
  const sec = Math.ceil(calls / cps) + GRACE_SEC;
  const words = [
    `${ANYCAST}:${SIP_PORT} -i ${address} -p 5062 -bind_local -ci ${address} -mi ${address}`,
    `-nostdin -m ${calls} -r ${cps} -timeout ${sec}s -timeout_error`,
    '-trace_err -error_file sipp-errors.log',
  ];
  const args = ['-sf', sourceFile('sipp-caller.xml'), ...words.join(' ').split(' ')];
  return new Promise<{ code: number; output: string }>((resolve) => {
    const child = spawn('sipp', args, {
      cwd: lab.folder,
      env: { ...process.env, TERM: 'dumb' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (piece: Buffer) => {
      output = (output + piece.toString('latin1')).slice(-2 * SHOWN_CHARS);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => resolve({ code: -1, output: `sipp: ${error.message}` }));
    child.once('close', (code) => resolve({ code: code ?? -1, output }));
  });
}
