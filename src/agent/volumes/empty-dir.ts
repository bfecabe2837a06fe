import { rm } from 'node:fs/promises';
import { parseQuantity, wholeValue } from '../../api/meta/quantity.ts';
import { makeDirectory } from './directory.ts';
import { giveToGroup } from './fs-group.ts';
import { mountPoints, unmount } from './mount-table.ts';
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

  async setUp({ pod, volume, dir }, { memory }) {
    const medium = volume.emptyDir?.medium ?? '';
    if (medium !== '' && medium !== 'Memory') throw new VolumeError(`emptyDir medium ${medium} is not supported`);
    if (medium === 'Memory') await memory.ensure(dir, tmpfsOptions(volume.emptyDir?.sizeLimit));
    // Any user of a container may write here.
    await makeDirectory(dir, 0o777);
    await giveToGroup(pod, dir, false);
  },

  async tearDown(dir) {
    if ((await mountPoints()).has(dir)) await unmount(dir);
    await rm(dir, { recursive: true, force: true });
  },

  hostPath: ({ dir }) => dir,
};
