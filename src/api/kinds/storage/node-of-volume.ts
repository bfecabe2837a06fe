import type { Node, PersistentVolume } from '../../types.ts';
import { matchesTerm } from '../pod/node-affinity.ts';
import { LOCAL_PATH, PROVISIONED_BY, VOLUME_NODE, VOLUME_PROTECTION } from './names.ts';

/** Whether a node has, or reaches, what this volume holds. */
export function isReachableFrom({ spec }: PersistentVolume, node: Node): boolean {
  const terms = spec.nodeAffinity?.required?.nodeSelectorTerms;
  return !terms || terms.some((term) => matchesTerm(term, node));
}

/** The node whose folder a volume is that this cluster made; undefined for all others. */
export function folderNode({ metadata }: PersistentVolume): string | undefined {
  const { annotations = {} } = metadata;
  return annotations[PROVISIONED_BY] === LOCAL_PATH ? annotations[VOLUME_NODE] : undefined;
}

/**
 * Whether a volume is deleted and no claim holds it any more. Before, its data stays: whoever deletes a volume under a claim gets rid of it
 * once the claim is gone. Source: kube-controller-manager, pv-protection.
 */
export function isLetGo({ metadata }: PersistentVolume): boolean {
  return metadata.deletionTimestamp !== undefined && !(metadata.finalizers ?? []).includes(VOLUME_PROTECTION);
}
