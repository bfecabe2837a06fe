/** What kubelet's eviction manager watches, under its names. */
export const SIGNALS = [
  'memory.available',
  'nodefs.available',
  'nodefs.inodesFree',
  'imagefs.available',
  'imagefs.inodesFree',
  'pid.available',
] as const;
export type Signal = (typeof SIGNALS)[number];

export interface Observation {
  /** Bytes, inodes or processes that are left. */
  readonly available: number;
  /** 0: the kernel does not count it (btrfs has no inode limit), so it is never short. */
  readonly capacity: number;
}

/** What was measured; a signal that this node lacks (no file system of its own for images) is not in it. */
export type Observations = ReadonlyMap<Signal, Observation>;

/** What is freed when a signal is low, in the words of events and messages. */
export type StarvedResource = 'memory' | 'ephemeral-storage' | 'inodes' | 'pids';
export type PressureType = 'MemoryPressure' | 'DiskPressure' | 'PIDPressure';

/** Source: kubelet, signalToResource and signalToNodeCondition. */
const MEANING: Readonly<Record<Signal, readonly [StarvedResource, PressureType]>> = {
  'memory.available': ['memory', 'MemoryPressure'],
  'nodefs.available': ['ephemeral-storage', 'DiskPressure'],
  'nodefs.inodesFree': ['inodes', 'DiskPressure'],
  'imagefs.available': ['ephemeral-storage', 'DiskPressure'],
  'imagefs.inodesFree': ['inodes', 'DiskPressure'],
  'pid.available': ['pids', 'PIDPressure'],
};

export function resourceOf(signal: Signal): StarvedResource {
  return MEANING[signal][0];
}

export function pressureTypeOf(signal: Signal): PressureType {
  return MEANING[signal][1];
}
