import type { Host } from '../../../test/lab/host.ts';

/** @returns requests a second, each over a new connection, eight at a time @throws Error when any of them failed */
export async function newConnectionsPerSecond(host: Host, url: string, seconds: number): Promise<number> {
  const args = ['-t1', '-c8', `-d${seconds}s`, '-H', 'Connection: close', url];
  return parseWrk(await host.run('wrk', args));
}

/** Reads what wrk 4 prints. @throws Error when it is not that, or tells of failures */
export function parseWrk(text: string): number {
  const perSecond = /Requests\/sec:\s+([\d.]+)/.exec(text)?.[1];
  const failures = /(Socket errors|Non-2xx).*/.exec(text)?.[0];
  if (perSecond === undefined || failures !== undefined)
    throw new Error(failures ?? `wrk says something else:\n${text}`);
  return Number(perSecond);
}

/** Sends what a host has for Services' addresses through a node of its LAN. */
export async function routeThrough(host: Host, range: string, node: Host): Promise<void> {
  await host.run('ip', ['route', 'replace', range, 'via', node.address]);
  // Two runs to one address would meet each other's ports.
  await host.machine.shell('echo 1024 65000 > /proc/sys/net/ipv4/ip_local_port_range');
}
