import { chmod, mkdir, rm } from 'node:fs/promises';
import { parseQuantity, wholeValue } from '../../api/meta/quantity.ts';
import { mountPoints, mountTmpfs, unmount } from './mount-table.ts';
import { VolumeError, type VolumeKind } from './volume.ts';

/** mount(8)'s options for an emptyDir in memory. @param sizeLimit as the spec writes it; undefined: half of the memory, the kernel's own. */
export function tmpfsOptions(sizeLimit: string | number | undefined): string {
  const size = sizeLimit === undefined ? 0 : wholeValue(parseQuantity(sizeLimit));
  return size > 0 ? `mode=0777,size=${size}` : 'mode=0777';
}

/** A directory that lives as long as its pod on this node; `medium: Memory` makes it a tmpfs. */
export const emptyDir: VolumeKind = {
  field: 'emptyDir',
  plugin: 'kubernetes.io~empty-dir',

  async setUp({ volume, dir }) {
    const medium = volume.emptyDir?.medium ?? '';
    if (medium !== '' && medium !== 'Memory') throw new VolumeError(`emptyDir medium ${medium} is not supported`);
    await mkdir(dir, { recursive: true });
    if (medium === 'Memory' && !(await mountPoints()).has(dir)) {
      await mountTmpfs(dir, tmpfsOptions(volume.emptyDir?.sizeLimit));
    }
    // The umask took bits from mkdir's mode; any user of a container may write here.
    await chmod(dir, 0o777);
  },

  async tearDown(dir) {
    if ((await mountPoints()).has(dir)) await unmount(dir);
    await rm(dir, { recursive: true, force: true });
  },

  hostPath: ({ dir }) => dir,
};
