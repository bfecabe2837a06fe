import { mkdir } from 'node:fs/promises';
import type { Logger } from '../../lib/logger.ts';
import { mountPoints, mountTmpfs } from './mount-table.ts';

/** What volumes in memory are mounted with; tests put another in its place. */
export interface Mounter {
  points(): Promise<Set<string>>;
  tmpfs(path: string, options: string): Promise<void>;
}

const KERNEL: Mounter = { points: mountPoints, tmpfs: mountTmpfs };

/**
 * Mounts volumes that live in memory, where the kernel keeps them out of the swap: a node that swaps to its SD card would leave
 * Secrets on it. Kernels before 6.4 refuse `noswap`; there a volume is mounted without it, as before.
 * Source: kubelet, empty_dir, generateTmpfsMountOptions; tmpfs(5).
 */
export class MemoryMounts {
  readonly #log: Logger;
  readonly #mounter: Mounter;
  #isRefusalTold = false;

  constructor(log: Logger, mounter: Mounter = KERNEL) {
    this.#log = log;
    this.#mounter = mounter;
  }

  /** Makes `dir` a tmpfs, unless it is a mount point already. @param options mount(8)'s, beside those about swap */
  async ensure(dir: string, options: string): Promise<void> {
    await mkdir(dir, { recursive: true });
    if ((await this.#mounter.points()).has(dir)) return;
    try {
      await this.#mounter.tmpfs(dir, `noswap,${options}`);
    } catch (err) {
      // mount(8) does not tell which option it was: when it was another, this fails as well, and says so.
      await this.#mounter.tmpfs(dir, options);
      this.#tellRefusal(err);
    }
  }

  #tellRefusal(err: unknown): void {
    if (this.#isRefusalTold) return;
    this.#isRefusalTold = true;
    this.#log.warn(
      { err },
      'the kernel takes no noswap for tmpfs (it came with 6.4): swap may hold what is in Secrets',
    );
  }
}
