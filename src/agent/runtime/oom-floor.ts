import { readFile } from 'node:fs/promises';

const CAP_SYS_RESOURCE = 24n;
const LEAST = -1000;

/**
 * The least oom_score_adj that a process of this machine may be given. Without CAP_SYS_RESOURCE (an engine inside a
 * container) the kernel refuses less than the own one, and runc then fails every start with a message about a pipe.
 * @param status text of /proc/self/status @param own text of /proc/self/oom_score_adj
 */
export function oomScoreFloor(status: string, own: string): number {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
  return (effective >> CAP_SYS_RESOURCE) & 1n ? LEAST : Number(own.trim());
}

/** The same, of this process: agent and engine are root on one machine. */
export async function readOomScoreFloor(): Promise<number> {
  return oomScoreFloor(await readFile('/proc/self/status', 'utf8'), await readFile('/proc/self/oom_score_adj', 'utf8'));
}
