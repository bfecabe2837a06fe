import { existsSync, mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Host } from './host.ts';

const CGROUPS = '/sys/fs/cgroup';

/** Where the kernel's limits on writes are set: version 1 has a hierarchy for disks, version 2 a file. */
interface Throttle {
  readonly folder: string;
  readonly file: string;
  render(device: string, writesPerSecond: number | undefined): string;
}

function throttleOf(group: string): Throttle {
  const hasDiskHierarchy = existsSync(join(CGROUPS, 'blkio'));
  return hasDiskHierarchy
    ? {
        folder: join(CGROUPS, 'blkio', group),
        file: 'blkio.throttle.write_iops_device',
        render: (device, writes) => `${device} ${writes ?? 0}`, // 0: no limit
      }
    : {
        folder: join(CGROUPS, group),
        file: 'io.max',
        render: (device, writes) => `${device} wiops=${writes ?? 'max'}`,
      };
}

/** The whole disk that a folder is on, as the kernel numbers it; limits on partitions are refused. */
function diskOf(folder: string): string {
  const { dev } = statSync(folder);
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)];
  const link = `/sys/dev/block/${major}:${minor}`;
  if (!existsSync(link)) throw new Error(`${folder} is not on a disk that can be slowed down`);
  const block = realpathSync(link);
  const disk = existsSync(join(block, 'partition')) ? dirname(block) : block;
  return readFileSync(join(disk, 'dev'), 'utf8').trim();
}

/**
 * Slows down what a host's daemons write and sync, Docker's with its containerd, the agent's or the master's; those that run now.
 * What is only left to the page cache goes as fast as ever, and so does what containers write.
 * @param cgroup of the host's own, which whoever takes the lab away removes
 * @param writesPerSecond undefined: as fast as it can
 */
export async function slowDisk(host: Host, cgroup: string, writesPerSecond: number | undefined): Promise<void> {
  const throttle = throttleOf(cgroup);
  if (writesPerSecond === undefined && !existsSync(throttle.folder)) return;
  mkdirSync(throttle.folder, { recursive: true });
  if (throttle.file === 'io.max') {
    for (const above of [CGROUPS, dirname(throttle.folder)])
      writeFileSync(join(above, 'cgroup.subtree_control'), '+io');
  }
  writeFileSync(join(throttle.folder, throttle.file), throttle.render(diskOf(host.folder), writesPerSecond));
  if (writesPerSecond === undefined) return;
  // From inside of the host, whose process ids they are.
  await host.machine.shell(
    `for file in /run/lab/*.pid /run/docker/containerd/containerd.pid; do
       if [ -e "$file" ] && kill -0 "$(cat "$file")" 2>/dev/null; then cat "$file" > "$1/cgroup.procs"; fi
     done`,
    throttle.folder,
  );
}
