import type { ObjectKey } from '../../../api/registry.ts';
import type { KubeObject, OwnerReference } from '../../../api/types.ts';

/** The one owner that manages the object. */
export function controllerOf({ metadata }: KubeObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller);
}

/** By uid: a namesake that was made later owns nothing of the first one. */
export function isControlledBy(object: KubeObject, owner: KubeObject): boolean {
  const uid = controllerOf(object)?.uid;
  return uid !== undefined && uid === owner.metadata.uid;
}

/** What an object that `owner` manages carries. */
export function controllerReference({ apiVersion, kind, metadata }: KubeObject): OwnerReference {
  const { name, uid = '' } = metadata;
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** The key of the object's controller, when that is of this kind. @param kind group does not matter: no two of ours share a kind */
export function controllerKeys(object: KubeObject | undefined, kind: string): ObjectKey[] {
  const controller = object && controllerOf(object);
  if (controller?.kind !== kind) return [];
  return [{ namespace: object?.metadata.namespace ?? '', name: controller.name }];
}
