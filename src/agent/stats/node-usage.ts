import { readFile, stat, statfs } from 'node:fs/promises';
import type { Observations } from '../eviction/signals.ts';

/** Where a node keeps what fills disks. */
export interface NodeFolders {
  /** The agent's: emptyDirs and files of pods (kubelet's nodefs). */
  readonly data: string;
  /** Docker's: images, containers, logs (imagefs); counted where it is on another file system. */
  readonly engine: string;
}

/** Bytes of memory that are in nobody's way: free, or of files that nobody has looked at for long. */
export interface MemoryUsage {
  readonly capacity: number;
  readonly available: number;
}

/**
 * kubelet's memory.available: the capacity less the working set, which is what is used less inactive file pages. The kernel's own
 * MemAvailable counts active file pages too, so it is larger; pods would be evicted later than people are used to.
 */
export function parseMemory(meminfo: string): MemoryUsage {
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(meminfo)?.[1] ?? 0) * 1024;
  const capacity = bytes('MemTotal');
  return { capacity, available: Math.min(capacity, bytes('MemFree') + bytes('Inactive\\(file\\)')) };
}

/** The number of tasks in /proc/loadavg: `0.10 0.05 0.01 1/389 12345` has 389. */
export function parseTasks(loadavg: string): number {
  return Number(/ \d+\/(\d+) /.exec(loadavg)?.[1] ?? 0);
}

/** Looks at the node: three small files of /proc, and a statfs for each file system. Reads no disk. */
export async function observeNode({ data, engine }: NodeFolders): Promise<Observations> {
  const [meminfo, loadavg, pidMax, threadsMax, nodefs, imagefs] = await Promise.all([
    readFile('/proc/meminfo', 'utf8'),
    readFile('/proc/loadavg', 'utf8'),
    readFile('/proc/sys/kernel/pid_max', 'utf8'),
    readFile('/proc/sys/kernel/threads-max', 'utf8'),
    statfs(data),
    separateFileSystem(engine, data),
  ]);
  const maxPids = Math.min(Number(pidMax), Number(threadsMax));
  return new Map([
    ['memory.available', parseMemory(meminfo)] as const,
    ['pid.available', { capacity: maxPids, available: Math.max(0, maxPids - parseTasks(loadavg)) }] as const,
    ['nodefs.available', spaceOf(nodefs)] as const,
    ['nodefs.inodesFree', { capacity: nodefs.files, available: nodefs.ffree }] as const,
    ...(imagefs
      ? [
          ['imagefs.available', spaceOf(imagefs)] as const,
          ['imagefs.inodesFree', { capacity: imagefs.files, available: imagefs.ffree }] as const,
        ]
      : []),
  ]);
}

/** Of statfs(2). */
interface FileSystem {
  readonly blocks: number;
  readonly bavail: number;
  readonly bsize: number;
  readonly files: number;
  readonly ffree: number;
}

function spaceOf({ blocks, bavail, bsize }: FileSystem): { capacity: number; available: number } {
  return { capacity: blocks * bsize, available: bavail * bsize };
}

/** Docker's folder may be in another mount namespace (Docker in a container), or not known yet: then it is not told apart. */
async function separateFileSystem(engine: string, data: string): Promise<FileSystem | undefined> {
  try {
    const [ofEngine, ofData] = await Promise.all([stat(engine), stat(data)]);
    return ofEngine.dev === ofData.dev ? undefined : await statfs(engine);
  } catch {
    return undefined;
  }
}
