import { type Resident, runChild } from './child.ts';

const IP_MS = 5000;
let cables = 0;

export type Plug = {
  /** Absent: where the test itself runs. */
  readonly at?: Resident;
  readonly addresses: readonly [string, ...string[]];
  /** What is reached through it beside the first address of the other end; `default` is all. */
  readonly leadsTo?: readonly string[];
};

/** Connects two networks by a pair of interfaces; answers their names. It goes with either end. */
export async function layCable(one: Plug, other: Plug): Promise<readonly [string, string]> {
  cables += 1;
  const names = [`lf${process.pid}a${cables}`, `lf${process.pid}b${cables}`] as const;
  const place = ({ at = process }: Plug) => `${at.pid}`;
  const [first, second] = names;
  const pair = ['link', 'add', first, 'netns', place(one), 'type', 'veth'];
  await runChild('ip', [...pair, 'peer', 'name', second, 'netns', place(other)], IP_MS);
  await bringUp(first, one);
  await bringUp(second, other);
  await lead(first, one, other);
  await lead(second, other, one);
  return names;
}

async function bringUp(name: string, plug: Plug): Promise<void> {
  for (const address of plug.addresses) await ip(plug, 'addr', 'add', `${address}/32`, 'dev', name);
  await ip(plug, 'link', 'set', name, 'up');
}

async function lead(name: string, plug: Plug, { addresses: [far] }: Plug): Promise<void> {
  await ip(plug, 'route', 'add', far, 'dev', name);
  for (const target of plug.leadsTo ?? []) await ip(plug, 'route', 'add', target, 'via', far);
}

function ip({ at }: Plug, ...args: string[]): Promise<string> {
  return runChild('ip', args, IP_MS, at);
}
