import { PERSISTENT_VOLUME } from '../../api/kinds/persistent-volume.ts';
import { FOLDER_FINALIZER } from '../../api/kinds/storage/names.ts';
import { folderNode } from '../../api/kinds/storage/node-of-volume.ts';
import { ApiError } from '../../api/meta/errors.ts';
import type { PersistentVolume } from '../../api/types.ts';
import type { Logger } from '../../lib/logger.ts';
import type { VolumeGone } from '../../rpc/messages.ts';
import type { ResourceClient } from '../resource-client.ts';

/** Lets a deleted volume go once its node says that the folder is gone. */
export async function volumeGone(
  nodeName: string,
  { name, uid }: VolumeGone,
  { client, log }: { readonly client: ResourceClient; readonly log: Logger },
): Promise<void> {
  try {
    for (;;) {
      const volume = await client.get(PERSISTENT_VOLUME, { namespace: '', name });
      const { metadata } = volume;
      if (metadata.uid !== uid || !metadata.deletionTimestamp || folderNode(volume) !== nodeName) return;
      if (await released(volume, client)) return;
    }
  } catch (err) {
    if (err instanceof ApiError && err.reason === 'NotFound') return;
    log.warn(
      { node: nodeName, volume: name, err },
      'a volume whose folder is gone could not be let go of; its node says so again',
    );
  }
}

/** @returns false when somebody else changed it meanwhile */
async function released(volume: PersistentVolume, client: ResourceClient): Promise<boolean> {
  const finalizers = (volume.metadata.finalizers ?? []).filter((finalizer) => finalizer !== FOLDER_FINALIZER);
  try {
    await client.update(PERSISTENT_VOLUME, { ...volume, metadata: { ...volume.metadata, finalizers } });
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'Conflict') return false;
    throw error;
  }
}
