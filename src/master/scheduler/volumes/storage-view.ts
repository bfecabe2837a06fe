import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../../api/types.ts';

/** Claims and volumes as decisions see them. */
export interface StorageView {
  claim(namespace: string, name: string): PersistentVolumeClaim | undefined;
  storageClass(name: string): StorageClass | undefined;
  volumes(): readonly PersistentVolume[];
}
