import { readFile } from 'node:fs/promises';
import { parseIpv4 } from '../../lib/ipv4.ts';
import { run } from './command.ts';
import { isDefault, parseProcRoutes } from './proc-route.ts';

/** IPv4 and TCP without options: what a segment has besides its data. */
const TCP_HEADERS = 40;

/** The way out of this node's pods: the bridge's address, and the largest packet; undefined for as much as their link takes. */
export interface PodWayOut {
  readonly gateway: string;
  readonly mtu: number | undefined;
}

/**
 * Bounds what pods send beyond their node, running ones too, when VXLAN takes its share of each frame. The bound lies on the pod's
 * default route, not on its link: routes to other nodes may change at any time, and a link whose MTU shrinks drops the full frames that
 * others go on sending to it without a word, while a route's MTU bounds only what is sent and, told at the start of a connection, what is
 * sent back. Connections that are open follow with their next packet. Pods of one node keep their link's MTU among themselves.
 */
export class PodMtu {
  /** Pause processes. Another process that has got such a number since has no such route. */
  readonly #pids = new Set<number>();
  /** undefined: not known yet. */
  #wayOut: PodWayOut | undefined;

  /** Of a pod that has just got its network, or was found with it. */
  async attach(pid: number): Promise<void> {
    this.#pids.add(pid);
    await this.#heal(pid);
  }

  /** Makes all attached pods' routes so. */
  async ensure(wayOut: PodWayOut): Promise<void> {
    this.#wayOut = wayOut;
    for (const pid of [...this.#pids]) await this.#heal(pid);
  }

  async #heal(pid: number): Promise<void> {
    if (!this.#wayOut) return; // the pass that finds it out comes back to this pod
    const { gateway, mtu } = this.#wayOut;
    const found = await routeMtu(pid, gateway);
    if (found === 'gone') this.#pids.delete(pid);
    else if (found !== 'other' && found !== mtu) await setRoute(pid, gateway, mtu);
  }
}

/** 'other': the process is in no pod of ours. */
async function routeMtu(pid: number, gateway: string): Promise<number | undefined | 'gone' | 'other'> {
  try {
    return routeMtuIn(await readFile(`/proc/${pid}/net/route`, 'utf8'), gateway);
  } catch (error) {
    if (isGone(error)) return 'gone';
    throw error;
  }
}

/** MTU of the default route through this gateway; undefined when it has none of its own. @param table text of /proc/PID/net/route */
export function routeMtuIn(table: string, gateway: string): number | undefined | 'other' {
  const wanted = parseIpv4(gateway);
  const route = parseProcRoutes(table).find((one) => isDefault(one) && one.gateway === wanted);
  return route ? route.mtu || undefined : 'other';
}

async function setRoute(pid: number, gateway: string, mtu: number | undefined): Promise<void> {
  const bound = mtu === undefined ? [] : ['mtu', String(mtu), 'advmss', String(mtu - TCP_HEADERS)];
  const route = ['default', 'via', gateway, 'dev', 'eth0', ...bound];
  await run('nsenter', [`--net=/proc/${pid}/ns/net`, 'ip', 'route', 'replace', ...route]);
}

function isGone(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ENOENT' || error.code === 'ESRCH' || error.code === 'EINVAL')
  );
}
