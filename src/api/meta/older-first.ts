import type { KubeObject } from '../types.ts';

/** The order in which objects get what there is only once: the older first, and of one second by namespace and name. */
export function olderFirst(a: KubeObject, b: KubeObject): number {
  const key = ({ metadata }: KubeObject) =>
    `${metadata.creationTimestamp ?? ''} ${metadata.namespace ?? ''}/${metadata.name}`;
  const [keyA, keyB] = [key(a), key(b)];
  return keyA < keyB ? -1 : Number(keyA > keyB);
}
