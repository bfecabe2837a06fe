import { rm } from 'node:fs/promises';
import { claimsOfPod } from '../../api/kinds/storage/claims-of-pod.ts';
import { FOLDER_FINALIZER } from '../../api/kinds/storage/names.ts';
import { folderNode, isLetGo } from '../../api/kinds/storage/node-of-volume.ts';
import type { PersistentVolume } from '../../api/types.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Assignments } from '../assignments.ts';
import { folderOf } from './claim.ts';

export interface FolderRemoverOptions {
  readonly nodeName: string;
  /** `<data-dir>/volumes` */
  readonly volumesDir: string;
  readonly assignments: Pick<Assignments, 'onVolume' | 'pods' | 'claim'>;
  /** The master lets the volume go. */
  readonly tell: (volume: PersistentVolume) => void;
  readonly log: Logger;
}

/** Whether the master says, in so many words, that this node's folder of this volume is to go. Its mere absence says nothing. */
export function isToGo(volume: PersistentVolume, nodeName: string): boolean {
  return (
    isLetGo(volume) &&
    (volume.metadata.finalizers ?? []).includes(FOLDER_FINALIZER) &&
    volume.spec.persistentVolumeReclaimPolicy === 'Delete' &&
    folderNode(volume) === nodeName
  );
}

/** Takes away the folders of volumes that were deleted. */
export class FolderRemover implements Part {
  readonly name = 'volume-folders';
  readonly #options: FolderRemoverOptions;
  readonly #working = new Set<Promise<void>>();
  #unsubscribe: (() => void) | undefined;

  constructor(options: FolderRemoverOptions) {
    this.#options = options;
  }

  start(): void {
    this.#unsubscribe = this.#options.assignments.onVolume((volume) => {
      if (!isToGo(volume, this.#options.nodeName)) return;
      const done: Promise<void> = this.#remove(volume).finally(() => this.#working.delete(done));
      this.#working.add(done);
    });
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.();
    await Promise.all(this.#working);
  }

  async #remove(volume: PersistentVolume): Promise<void> {
    const { volumesDir, tell, log } = this.#options;
    const { name } = volume.metadata;
    try {
      if (this.#isMounted(name)) {
        log.error({ volume: name }, 'a pod still has a volume that is to be deleted; its folder is kept');
        return;
      }
      await rm(folderOf(volumesDir, volume), { recursive: true, force: true });
      log.info({ volume: name }, 'removed the folder of a deleted volume');
      tell(volume);
    } catch (err) {
      log.error(
        { volume: name, err },
        'the folder of a deleted volume could not be removed; it is tried again with the next session',
      );
    }
  }

  #isMounted(volumeName: string): boolean {
    const { assignments } = this.#options;
    return [...assignments.pods.values()].some((pod) =>
      claimsOfPod(pod).some(
        (name) => assignments.claim(pod.metadata.namespace ?? '', name)?.spec.volumeName === volumeName,
      ),
    );
  }
}
