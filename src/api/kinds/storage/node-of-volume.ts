import type { Node, PersistentVolume } from '../../types.ts';
import { matchesTerm } from '../pod/node-affinity.ts';
import { LOCAL_PATH, PROVISIONED_BY, VOLUME_NODE } from './names.ts';

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
