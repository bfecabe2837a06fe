import { claimsOfPod } from '../../../api/kinds/storage/claims-of-pod.ts';
import { type FilterPlugin, resolvable } from '../framework.ts';

const IN_USE = resolvable(
  'node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode',
);

/** A claim that is for one pod has no second one, on whatever node. Source: kube-scheduler, VolumeRestrictions. */
export const volumeRestrictions: FilterPlugin = {
  name: 'VolumeRestrictions',
  prepare({ pod, uid }, { nodes, storage }) {
    const { namespace = '' } = pod.metadata;
    const forOnePod = claimsOfPod(pod).filter((name) =>
      storage.claim(namespace, name)?.spec.accessModes?.includes('ReadWriteOncePod'),
    );
    if (forOnePod.length === 0) return undefined;
    const isInUse = nodes.some(({ pods }) =>
      [...pods.values()].some(
        (other) =>
          other.uid !== uid &&
          (other.pod.metadata.namespace ?? '') === namespace &&
          claimsOfPod(other.pod).some((name) => forOnePod.includes(name)),
      ),
    );
    return isInUse ? () => IN_USE : undefined;
  },
};
