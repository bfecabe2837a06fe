import {
  FOLDER_FINALIZER,
  LOCAL_PATH,
  PROVISIONED_BY,
  VOLUME_NODE,
  VOLUMES_FOLDER,
} from '../../../api/kinds/storage/names.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../../api/types.ts';

const HOSTNAME = 'kubernetes.io/hostname';
/** Where agents that do not say keep the folders. */
const VOLUMES = '/var/lib/bramble/volumes';

/** The volume that is made for a claim: a folder of the node that its pod was given. */
export function volumeFor(claim: PersistentVolumeClaim, storageClass: StorageClass, node: Node): PersistentVolume {
  const { namespace, name, uid } = claim.metadata;
  const volumeName = `pvc-${uid}`;
  const { accessModes = [], resources, volumeMode = 'Filesystem' } = claim.spec;
  const hostname = node.metadata.labels?.[HOSTNAME] ?? node.metadata.name;
  const folder = node.metadata.annotations?.[VOLUMES_FOLDER] ?? VOLUMES;
  const here = { matchExpressions: [{ key: HOSTNAME, operator: 'In' as const, values: [hostname] }] };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name: volumeName,
      annotations: { [PROVISIONED_BY]: LOCAL_PATH, [VOLUME_NODE]: node.metadata.name },
      finalizers: [FOLDER_FINALIZER],
    },
    spec: {
      capacity: { storage: resources?.requests?.storage ?? '0' },
      accessModes,
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        ...(namespace ? { namespace } : {}),
        name,
        ...(uid ? { uid } : {}),
      },
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName: storageClass.metadata.name,
      volumeMode,
      local: { path: `${folder}/${volumeName}` },
      nodeAffinity: { required: { nodeSelectorTerms: [here] } },
    },
  };
}
