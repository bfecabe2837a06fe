import { createSocket } from 'node:dgram';
import type { Clock } from '../../lib/clock.ts';
import { cidrContains, formatIpv4, parseIpv4 } from '../../lib/ipv4.ts';
import { run } from '../network/command.ts';
import { type LanLink, METRIC, parseLinks } from './links.ts';

/** Nobody listens there (discard); what matters is that the kernel has to ask for the receiver's link address first. */
const DISCARD_PORT = 9;
/** The kernel asks three times, a second apart, before it calls a neighbour failed. */
const PROBE_LIMIT_MS = 5_000;
const PROBE_PAUSE_MS = 100;
const ANNOUNCEMENTS = 3;
const ANNOUNCE_PAUSE_MS = 1_000;

interface Neighbour {
  readonly lladdr?: string;
  readonly state?: readonly string[];
}

/** @param bridge of this node's pods */
export async function readLinks(bridge: string): Promise<LanLink[]> {
  return parseLinks(await run('ip', ['-4', '-json', 'address', 'show', 'up']), bridge);
}

/** Adds the address, or sets anew how long the kernel keeps it. */
export async function hold(address: string, link: string, seconds: number): Promise<void> {
  const lifetime = ['valid_lft', String(seconds), 'preferred_lft', String(seconds)];
  await run('ip', ['address', 'replace', `${address}/32`, 'dev', link, 'metric', String(METRIC), ...lifetime]);
}

export async function letGo(address: string, link: string): Promise<void> {
  await run('ip', ['address', 'del', `${address}/32`, 'dev', link]);
}

/**
 * Asks the network whether somebody has this address: the kernel does, when something is to be sent there.
 * @returns whose link address answers; undefined when nobody does, which takes three seconds
 */
export async function askForOwner(
  address: string,
  link: string,
  clock: Pick<Clock, 'sleep' | 'monotonic'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  // What is known from before says nothing about now.
  await run('ip', ['neigh', 'flush', 'to', address, 'dev', link]);
  await send({ to: address });
  const end = clock.monotonic() + PROBE_LIMIT_MS;
  for (;;) {
    const [neighbour] = JSON.parse(
      (await run('ip', ['-json', 'neigh', 'show', address, 'dev', link])) || '[]',
    ) as Neighbour[];
    if (neighbour?.lladdr) return neighbour.lladdr;
    if (neighbour?.state?.includes('FAILED') || clock.monotonic() > end) return undefined;
    await clock.sleep(PROBE_PAUSE_MS, signal);
  }
}

/**
 * Tells the network that this machine has the address now. The kernel announces an address only when its link comes up; but whoever
 * hears a question for somebody else's link address learns the asker's (RFC 826), and it asks in the name of the packet's sender.
 */
export async function announce(
  address: string,
  link: LanLink,
  clock: Pick<Clock, 'sleep'>,
  signal: AbortSignal,
): Promise<void> {
  const to = someoneElse(address, link);
  if (to === undefined) return;
  for (let times = 0; times < ANNOUNCEMENTS; times++) {
    if (times > 0) await clock.sleep(ANNOUNCE_PAUSE_MS, signal);
    await run('ip', ['neigh', 'flush', 'to', to, 'dev', link.name]);
    await send({ from: address, to });
  }
}

/** The last address of the network that is neither it nor this machine's: there seldom is anybody, and then it is asked for again and again. */
function someoneElse(address: string, { subnets, own }: LanLink): string | undefined {
  const value = parseIpv4(address) ?? 0;
  const subnet = subnets.find((cidr) => cidrContains(cidr, value));
  if (!subnet) return undefined;
  const last = subnet.base + subnet.size - 2;
  return [0, 1, 2, 3].map((index) => formatIpv4(last - index)).find((ip) => ip !== address && !own.includes(ip));
}

function send({ from, to }: { readonly from?: string; readonly to: string }): Promise<void> {
  const socket = createSocket('udp4');
  return new Promise<void>((done, fail) => {
    socket.once('error', fail);
    socket.bind(0, from, () => {
      // That it cannot be delivered is known when the neighbour has failed, and is an answer.
      socket.send('', DISCARD_PORT, to, () => done());
    });
  }).finally(() => socket.close());
}
