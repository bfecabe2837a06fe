import { scaleOf } from '../../../api/kinds/scale.ts';
import type { KindDefinition } from '../../../api/registry.ts';
import type { KubeObject, OwnerReference, Pod } from '../../../api/types.ts';
import type { ObjectCache } from '../../resource-client.ts';
import { controllerOf } from '../workload/owner.ts';
import type { Scaled } from './plan.ts';

/**
 * Who says how many pods like this one there should be: the highest of its owners that has a scale, a Deployment rather than
 * its ReplicaSet. @param kinds those in the cache
 */
export function ownerScale(pod: Pod, cache: ObjectCache, kinds: readonly KindDefinition[]): Scaled {
  const controller = controllerOf(pod);
  if (!controller) return { unmanaged: true };
  let found: Scaled = { error: `found no controllers for pod ${JSON.stringify(pod.metadata.name)}` };
  let reference: OwnerReference | undefined = controller;
  while (reference) {
    const { apiVersion, kind: name, uid } = reference;
    const kind = kinds.find((one) => one.kind === name && groupVersion(one) === apiVersion);
    const owner: KubeObject | undefined =
      kind && cache.get(kind, { namespace: pod.metadata.namespace ?? '', name: reference.name });
    if (!kind || owner?.metadata.uid !== uid) return found;
    if (!kind.scale) {
      const resource = kind.group ? `${kind.plural}.${kind.group}` : kind.plural;
      return 'uid' in found ? found : { error: `${resource} does not implement the scale subresource` };
    }
    found = { uid, replicas: scaleOf(owner, kind.scale).spec?.replicas ?? 0 };
    reference = controllerOf(owner);
  }
  return found;
}

function groupVersion({ group, version }: KindDefinition): string {
  return group ? `${group}/${version}` : version;
}
