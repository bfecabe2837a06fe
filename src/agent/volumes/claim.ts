import { join, resolve } from 'node:path';
import { folderNode, isReachableFrom } from '../../api/kinds/storage/node-of-volume.ts';
import type { PersistentVolume } from '../../api/types.ts';
import { makeDirectory } from './directory.ts';
import { giveToGroup } from './fs-group.ts';
import { hostPath } from './host-path.ts';
import { NodeAffinityError, VolumeError, type VolumeKind, type VolumePlace, type VolumeSources } from './volume.ts';

/** Names that master and agent agree on: nothing else becomes a path. */
const FOLDER_NAME = /^pvc-[0-9a-f-]+$/;

/** Where a node keeps the volumes that are made on it. */
export function volumesDirOf(dataDir: string): string {
  return resolve(dataDir, 'volumes');
}

/** Where the data of a volume that this cluster made is. @throws VolumeError for a name that is none of its own */
export function folderOf(volumesDir: string, { metadata }: PersistentVolume): string {
  if (!FOLDER_NAME.test(metadata.name)) throw new VolumeError(`"${metadata.name}" is no name of a folder`);
  return join(volumesDir, metadata.name);
}

/** The volume that a claim is bound to: a folder of this node, or a path. It outlives the pod. */
export const claimVolume: VolumeKind = {
  field: 'persistentVolumeClaim',
  plugin: 'kubernetes.io~local-volume',

  async setUp(place, sources) {
    const bound = boundVolume(place, sources);
    // A pod that names its node itself may be where its data is not.
    if (!isHere(bound, place, sources)) throw notHere(bound);
    const { hostPath: path } = bound.spec;
    if (folderNode(bound) !== undefined) await makeDirectory(pathOf(bound, sources), 0o777);
    else if (path) await hostPath.setUp({ ...place, volume: { name: place.volume.name, hostPath: path } }, sources);
    if (!path) await giveToGroup(place.pod, pathOf(bound, sources), false);
  },

  async tearDown() {
    // The data is the claim's, not the pod's.
  },

  hostPath: (place, sources) => pathOf(boundVolume(place, sources), sources),
};

function boundVolume({ pod, volume }: VolumePlace, sources: VolumeSources): PersistentVolume {
  const name = volume.persistentVolumeClaim?.claimName ?? '';
  const claim = sources.claim(pod.metadata.namespace ?? '', name);
  if (!claim) throw new VolumeError(`persistentvolumeclaim "${name}" not found`);
  const bound = sources.volume(claim.spec.volumeName ?? '');
  if (!bound || bound.spec.claimRef?.uid !== claim.metadata.uid) {
    throw new VolumeError(`persistentvolumeclaim "${name}" is not bound to a volume`);
  }
  return bound;
}

/** A folder is where its node is, whatever labels say of it. */
function isHere(bound: PersistentVolume, { pod }: VolumePlace, sources: VolumeSources): boolean {
  const owner = folderNode(bound);
  if (owner !== undefined && owner !== pod.spec.nodeName) return false;
  const node = sources.node();
  return !node || isReachableFrom(bound, node);
}

/** Source: kubelet, operation_generator, GenerateMountVolumeFunc. */
function notHere({ metadata }: PersistentVolume): NodeAffinityError {
  return new NodeAffinityError(
    `MountVolume.NodeAffinity check failed for volume "${metadata.name}" : no matching NodeSelectorTerms`,
  );
}

function pathOf(volume: PersistentVolume, { volumesDir }: VolumeSources): string {
  if (volume.spec.volumeMode === 'Block')
    throw new VolumeError('block volumes are not supported by this version of Bramble');
  if (folderNode(volume) !== undefined) return folderOf(volumesDir, volume);
  const path = volume.spec.local?.path ?? volume.spec.hostPath?.path;
  if (path === undefined) throw new VolumeError('this kind of volume is not supported by this version of Bramble');
  return path;
}
