import { readFile, stat } from 'node:fs/promises';

/** Of one block device, since the machine started. */
export interface DiskStats {
  /** `mmcblk0p2` */
  readonly device: string;
  /** Reads, writes and flushes that have ended. */
  readonly operations: number;
  /** How long all of them took together. */
  readonly spentMs: number;
  readonly inFlight: number;
}

/**
 * One line of /proc/diskstats. Where the kernel counts flushes (5.5 and later) they are in it: an fdatasync on a worn card is
 * a quick write and a slow flush. Source: Documentation/admin-guide/iostats.rst.
 */
export function parseDiskStats(text: string, major: number, minor: number): DiskStats | undefined {
  for (const line of text.split('\n')) {
    const [ofMajor, ofMinor, device = '', ...rest] = line.trim().split(/\s+/);
    if (Number(ofMajor) !== major || Number(ofMinor) !== minor) continue;
    const field = (index: number) => Number(rest[index] ?? 0);
    return {
      device,
      operations: field(0) + field(4) + field(15),
      spentMs: field(3) + field(7) + field(16),
      inFlight: field(8),
    };
  }
  return undefined;
}

/** The two numbers of a device in the form that stat(2) has them. Source: glibc, gnu_dev_major and gnu_dev_minor. */
export function deviceNumbers(dev: number): { major: number; minor: number } {
  const number = BigInt(dev);
  const major = ((number >> 8n) & 0xfffn) | ((number >> 32n) & ~0xfffn);
  const minor = (number & 0xffn) | ((number >> 12n) & ~0xffn);
  return { major: Number(major), minor: Number(minor & 0xffffffffn) };
}

/** The device behind a mount that has none of its own number (btrfs): the source that mountinfo names. */
export function mountSource(mountinfo: string, device: { major: number; minor: number }): string | undefined {
  const wanted = `${device.major}:${device.minor}`;
  const line = mountinfo.split('\n').find((each) => each.split(' ')[2] === wanted);
  const source = line?.split(' - ')[1]?.split(' ')[1];
  return source?.startsWith('/dev/') ? source : undefined;
}

/** The disk that holds a folder; undefined for one that is on none (tmpfs, a network). */
export async function readDiskStats(folder: string): Promise<DiskStats | undefined> {
  const device = await deviceOf(folder);
  return parseDiskStats(await readFile('/proc/diskstats', 'utf8'), device.major, device.minor);
}

async function deviceOf(folder: string): Promise<{ major: number; minor: number }> {
  const device = deviceNumbers((await stat(folder)).dev);
  if (device.major !== 0) return device;
  const source = mountSource(await readFile('/proc/self/mountinfo', 'utf8'), device);
  return source === undefined ? device : deviceNumbers((await stat(source)).rdev);
}
