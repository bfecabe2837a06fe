import { open, readlink, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Check, type Finding, findings, type Purpose } from '../finding.ts';
import { nearestFolder } from '../observe.ts';

export interface DiskSpeedFacts {
  readonly role: Purpose['role'];
  readonly folder: string;
  /** How long each small write took until it was on the disk; empty when the folder may not be written. */
  readonly writesMs: readonly number[];
  readonly isSdCard: boolean;
}

/** Every answer of the master to a change waits for one such write. */
const SLOW_MS = { master: 20, agent: 200 } as const;

export function judgeDiskSpeed({ role, folder, writesMs, isSdCard }: DiskSpeedFacts): Finding[] {
  const { ok, warning } = findings('disk speed');
  const sorted = [...writesMs].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  const slowest = sorted.at(-1) ?? 0;
  if (median === undefined) {
    return [warning(`${folder} could not be written`, { means: 'its speed is not known', mend: 'run this as root' })];
  }
  const figures = `4 KiB to the disk: ${median.toFixed(1)} ms, slowest of ${sorted.length} ${slowest.toFixed(1)} ms`;
  const what = `${figures} (${folder}${isSdCard ? ', an SD card' : ''})`;
  if (median < SLOW_MS[role]) return [ok(what)];
  const means = role === 'master' ? 'every kubectl apply waits for such writes' : 'pods start slowly';
  const mend = isSdCard
    ? 'put /var/lib/bramble and /var/lib/docker on a USB SSD; of cards, one marked A2'
    : "look for what else keeps the disk busy ('iostat -x 1' of package sysstat)";
  return [warning(what, { means, mend })];
}

const WRITES = 20;
const LONGEST_MS = 3000;

async function measure(folder: string): Promise<number[]> {
  const path = join(folder, `.bramble-doctor-${process.pid}`);
  const took: number[] = [];
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      const end = performance.now() + LONGEST_MS;
      for (let n = 0; n < WRITES && performance.now() < end; n++) {
        const before = performance.now();
        await file.write(Buffer.alloc(4096, n + 1), 0, 4096, n * 4096);
        await file.datasync();
        took.push(performance.now() - before);
      }
    } finally {
      await file.close();
      await rm(path, { force: true });
    }
  } catch {
    // No write, no figure: the judgement says so.
  }
  return took;
}

/** The kernel's name of the disk: mmcblk0 is a card. */
async function isSdCard(folder: string): Promise<boolean> {
  const { dev } = await stat(folder);
  // major:minor as glibc packs them; enough for disks.
  const [major, minor] = [(dev >> 8) & 0xfff, dev & 0xff];
  return readlink(`/sys/dev/block/${major}:${minor}`).then(
    (link) => link.includes('/mmcblk'),
    () => false, // overlay, tmpfs: no disk of its own
  );
}

export const diskSpeed: Check = {
  name: 'disk speed',
  run: async ({ role, dataDir }) => {
    const folder = nearestFolder(dataDir);
    return judgeDiskSpeed({ role, folder, writesMs: await measure(folder), isSdCard: await isSdCard(folder) });
  },
};
