import { readFile, statfs } from 'node:fs/promises';

/** What a node runs short of; cheap enough to be read every few seconds. */
export interface Usage {
  readonly memoryAvailableBytes: number;
  /** Of the file system that holds Docker's data. */
  readonly diskTotalBytes: number;
  readonly diskAvailableBytes: number;
  readonly inodesTotal: number;
  readonly inodesFree: number;
  readonly pidsMax: number;
  readonly pidsRunning: number;
}

/** kubelet's default eviction thresholds: memory.available<100Mi, nodefs.available<10%, nodefs.inodesFree<5%, pid.available<5%. */
const MIN_MEMORY_BYTES = 100 * 1024 * 1024;
const MIN_DISK_SHARE = 0.1;
const MIN_INODE_SHARE = 0.05;
const MIN_PID_SHARE = 0.05;

export interface Pressure {
  readonly memory: boolean;
  readonly disk: boolean;
  readonly pid: boolean;
}

/** What is under pressure. A total of 0 means that it is not counted (btrfs has no inode limit) and never short. */
export function pressureOf(usage: Usage): Pressure {
  const isBelow = (free: number, total: number, share: number) => total > 0 && free < total * share;
  return {
    memory: usage.memoryAvailableBytes < MIN_MEMORY_BYTES,
    disk:
      isBelow(usage.diskAvailableBytes, usage.diskTotalBytes, MIN_DISK_SHARE) ||
      isBelow(usage.inodesFree, usage.inodesTotal, MIN_INODE_SHARE),
    pid: isBelow(usage.pidsMax - usage.pidsRunning, usage.pidsMax, MIN_PID_SHARE),
  };
}

/** MemAvailable of /proc/meminfo in bytes. */
export function parseMemAvailable(meminfo: string): number {
  return Number(/^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1] ?? 0) * 1024;
}

/** The number of tasks in /proc/loadavg: `0.10 0.05 0.01 1/389 12345` has 389. */
export function parseTasks(loadavg: string): number {
  return Number(/ \d+\/(\d+) /.exec(loadavg)?.[1] ?? 0);
}

/** @param path a folder of the file system to look at: Docker's root, or `/` while Docker does not say. */
export async function readUsage(path: string): Promise<Usage> {
  const [meminfo, loadavg, pidMax, disk] = await Promise.all([
    readFile('/proc/meminfo', 'utf8'),
    readFile('/proc/loadavg', 'utf8'),
    readFile('/proc/sys/kernel/pid_max', 'utf8'),
    statfs(path),
  ]);
  return {
    memoryAvailableBytes: parseMemAvailable(meminfo),
    diskTotalBytes: disk.blocks * disk.bsize,
    diskAvailableBytes: disk.bavail * disk.bsize,
    inodesTotal: disk.files,
    inodesFree: disk.ffree,
    pidsMax: Number(pidMax),
    pidsRunning: parseTasks(loadavg),
  };
}
