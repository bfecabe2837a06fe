import type { Pod } from '../../types.ts';

/** Names of the claims that a pod mounts, in its own namespace. */
export function claimsOfPod({ spec }: Pick<Pod, 'spec'>): string[] {
  return (spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName || []);
}
