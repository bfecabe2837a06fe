import type { Pod } from '../../types.ts';

/** Marks the API's picture of a pod that a node runs by itself (kubelet, static pods). */
export const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';

export function isMirrorPod({ metadata }: Pod): boolean {
  return metadata.annotations?.[MIRROR_ANNOTATION] !== undefined;
}
