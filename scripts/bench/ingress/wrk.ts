import { runCommand } from '../../../src/cli/up/run-command.ts';

/** What a load of many connections got. */
export interface Load {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Connections of wrk: kept, each with one request at a time. */
const CONNECTIONS = 32;

/** @throws Error when a request failed: a figure of a proxy that refuses is none. */
export async function wrk(url: string, host: string, seconds: number): Promise<Load> {
  const text = await runCommand('wrk', [
    '-t1',
    `-c${CONNECTIONS}`,
    `-d${seconds}`,
    '--latency',
    '-H',
    `Host: ${host}`,
    url,
  ]);
  return parseWrk(text);
}

/** Reads wrk's report. */
export function parseWrk(text: string): Load {
  const field = (pattern: RegExp) => pattern.exec(text)?.[1] ?? '';
  if (/Non-2xx|Socket errors/.test(text)) throw new Error(`requests failed:\n${text}`);
  return {
    requests: Number(field(/(\d+) requests in/)),
    perSecond: Number(field(/Requests\/sec:\s+([\d.]+)/)),
    p50Ms: milliseconds(field(/50%\s+(\S+)/)),
    p99Ms: milliseconds(field(/99%\s+(\S+)/)),
  };
}

/** `850.00us`, `1.20ms`, `2.00s` */
function milliseconds(text: string): number {
  const [, number, unit = ''] = /^([\d.]+)(us|ms|s)$/.exec(text) ?? [];
  const scale = { us: 0.001, ms: 1, s: 1000 }[unit];
  if (number === undefined || scale === undefined) throw new Error(`"${text}" is no duration of wrk's`);
  return Number(number) * scale;
}
