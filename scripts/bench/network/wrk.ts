import type { Host } from '../../../test/lab/host.ts';

/** What a load of requests got. */
export interface Load {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface LoadOptions {
  readonly url: string;
  readonly seconds: number;
  /** Each with one request at a time. */
  readonly connections: number;
  /** `Host: a.example` */
  readonly headers?: readonly string[];
}

/** Runs a program where the load is to come from. @returns what it printed */
export type Run = (program: string, args: readonly string[]) => Promise<string>;

/** For `headers`: each request over a connection of its own. */
export const NEW_CONNECTIONS = 'Connection: close';

/** @throws Error when a request failed: a figure of somebody who refuses is none. */
export async function wrk(run: Run, { url, seconds, connections, headers = [] }: LoadOptions): Promise<Load> {
  const said = headers.flatMap((header) => ['-H', header]);
  return parseWrk(await run('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', ...said, url]));
}

/** Reads what wrk 4 prints. @throws Error when it is not that, or tells of failures */
export function parseWrk(text: string): Load {
  const failures = /(Socket errors|Non-2xx).*/.exec(text)?.[0];
  if (failures !== undefined) throw new Error(failures);
  const field = (pattern: RegExp): string => {
    const found = pattern.exec(text)?.[1];
    if (found === undefined) throw new Error(`wrk says something else:\n${text}`);
    return found;
  };
  return {
    requests: Number(field(/(\d+) requests in/)),
    perSecond: Number(field(/Requests\/sec:\s+([\d.]+)/)),
    p50Ms: milliseconds(field(/^\s+50%\s+(\S+)/m)),
    p99Ms: milliseconds(field(/^\s+99%\s+(\S+)/m)),
  };
}

/** `850.00us`, `1.20ms`, `2.00s` */
function milliseconds(text: string): number {
  const [, number, unit = ''] = /^([\d.]+)(us|ms|s)$/.exec(text) ?? [];
  const scale = { us: 0.001, ms: 1, s: 1000 }[unit];
  if (number === undefined || scale === undefined) throw new Error(`"${text}" is no duration of wrk's`);
  return Number(number) * scale;
}

/** Sends what a host has for addresses of the cluster through a node of its LAN. */
export async function routeThrough(host: Host, range: string, node: Host): Promise<void> {
  await host.run('ip', ['route', 'replace', range, 'via', node.address]);
  // Two runs to one address would meet each other's ports.
  await host.machine.shell('echo 1024 65000 > /proc/sys/net/ipv4/ip_local_port_range');
}
