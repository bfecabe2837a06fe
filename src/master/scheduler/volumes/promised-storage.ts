import { heldFor } from '../../../api/kinds/storage/match.ts';
import { SELECTED_NODE } from '../../../api/kinds/storage/names.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../../api/types.ts';
import { toldNode, type VolumePlan } from './plan.ts';
import type { StorageView } from './storage-view.ts';

interface VolumePromise {
  readonly claim: PersistentVolumeClaim;
  readonly podUid: string;
}

interface NodePromise {
  readonly node: string;
  readonly podUid: string;
}

/**
 * Claims and volumes as the next decision is to find them: what was promised to pods before, and may not be written yet, counts as done.
 * Source: kube-scheduler, volumebinding, AssumePodVolumes.
 */
export class PromisedStorage implements StorageView {
  readonly #stored: StorageView;
  /** By the volume's name. */
  readonly #volumes = new Map<string, VolumePromise>();
  /** By the claim's uid. */
  readonly #nodes = new Map<string, NodePromise>();

  constructor(stored: StorageView) {
    this.#stored = stored;
  }

  promise(podUid: string, { takes, makes }: VolumePlan, node: string): void {
    for (const { volume, claim } of takes) this.#volumes.set(volume.metadata.name, { claim, podUid });
    for (const { metadata } of makes) this.#nodes.set(metadata.uid ?? '', { node, podUid });
  }

  /** It is written, or came to nothing. */
  takeBack(podUid: string): void {
    for (const [name, promise] of this.#volumes) if (promise.podUid === podUid) this.#volumes.delete(name);
    for (const [uid, promise] of this.#nodes) if (promise.podUid === podUid) this.#nodes.delete(uid);
  }

  claim(namespace: string, name: string): PersistentVolumeClaim | undefined {
    const claim = this.#stored.claim(namespace, name);
    const promise = this.#nodes.get(claim?.metadata.uid ?? '');
    const isTold = claim?.metadata.annotations?.[SELECTED_NODE] !== undefined;
    return claim && promise && !isTold ? toldNode(claim, promise.node) : claim;
  }

  storageClass(name: string): StorageClass | undefined {
    return this.#stored.storageClass(name);
  }

  volumes(): readonly PersistentVolume[] {
    const stored = this.#stored.volumes();
    if (this.#volumes.size === 0) return stored;
    return stored.map((volume) => {
      const promise = this.#volumes.get(volume.metadata.name);
      return promise && !volume.spec.claimRef ? heldFor(volume, promise.claim) : volume;
    });
  }
}
