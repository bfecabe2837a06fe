import { rm } from 'node:fs/promises';
import type { Pod, Volume } from '../../api/types.ts';
import { writeAtomically } from './atomic-writer.ts';
import { makeDirectory } from './directory.ts';
import { giveToGroup, giveTreeToGroup } from './fs-group.ts';
import { mountPoints, unmount } from './mount-table.ts';
import { configMapFiles, downwardFiles, FILE_MODE, type Payload, projectedFiles, secretFiles } from './payload.ts';
import type { VolumeKind, VolumeSources } from './volume.ts';

/** A kind of volume whose files are made from objects of the API. */
interface FileKind {
  readonly field: keyof Volume;
  readonly plugin: string;
  /** What may hold secrets never reaches a disk. */
  readonly isInMemory: boolean;
  readonly files: (volume: Volume, pod: Pod, sources: VolumeSources) => Payload;
}

function fileVolume({ field, plugin, isInMemory, files }: FileKind): VolumeKind {
  return {
    field,
    plugin,
    isReadOnly: true,

    async setUp({ pod, volume, dir }, sources) {
      const payload = files(volume, pod, sources);
      if (isInMemory) await sources.memory.ensure(dir, 'mode=0755');
      await makeDirectory(dir, 0o755);
      await writeAtomically(dir, payload, (written) => giveTreeToGroup(pod, written));
      await giveToGroup(pod, dir, true);
    },

    async tearDown(dir) {
      if (isInMemory && (await mountPoints()).has(dir)) await unmount(dir);
      await rm(dir, { recursive: true, force: true });
    },

    hostPath: ({ dir }) => dir,
  };
}

export const configMapVolume = fileVolume({
  field: 'configMap',
  plugin: 'kubernetes.io~configmap',
  isInMemory: false,
  files: ({ configMap }, pod, sources) =>
    configMapFiles(
      { ...configMap, name: configMap?.name ?? '' },
      { pod, sources, defaultMode: configMap?.defaultMode ?? FILE_MODE },
    ),
});

export const secretVolume = fileVolume({
  field: 'secret',
  plugin: 'kubernetes.io~secret',
  isInMemory: true,
  files: ({ secret }, pod, sources) =>
    secretFiles(
      { ...secret, name: secret?.secretName ?? '' },
      { pod, sources, defaultMode: secret?.defaultMode ?? FILE_MODE },
    ),
});

export const downwardApiVolume = fileVolume({
  field: 'downwardAPI',
  plugin: 'kubernetes.io~downward-api',
  isInMemory: true,
  files: ({ downwardAPI }, pod, sources) =>
    downwardFiles(downwardAPI?.items ?? [], { pod, sources, defaultMode: downwardAPI?.defaultMode ?? FILE_MODE }),
});

export const projectedVolume = fileVolume({
  field: 'projected',
  plugin: 'kubernetes.io~projected',
  isInMemory: true,
  files: ({ projected }, pod, sources) =>
    projectedFiles(projected?.sources ?? [], { pod, sources, defaultMode: projected?.defaultMode ?? FILE_MODE }),
});
