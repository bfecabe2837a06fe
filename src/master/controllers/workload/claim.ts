import { type LabelSelector, labelSelectorMatcher } from '../../../api/meta/labels.ts';
import { type KindDefinition, keyOf, type ObjectKey } from '../../../api/registry.ts';
import type { KubeObject } from '../../../api/types.ts';
import type { ObjectCache } from '../../resource-client.ts';
import { controllerKeys, controllerOf, isControlledBy } from './owner.ts';

/** An object that selects others. */
export interface Claimant extends KubeObject {
  readonly spec: { readonly selector?: LabelSelector };
}

/** What belongs to an owner, and what has to change so that this is written in the objects, too. */
export interface Claims<T extends KubeObject> {
  /** Managed by the owner and selected by it; those on their way out are among them. */
  readonly owned: readonly T[];
  /** Selected, and nobody's: to be owned. */
  readonly adopt: readonly T[];
  /** Managed, and not selected any more: to be nobody's. */
  readonly release: readonly T[];
}

/**
 * Sorts the objects of the owner's namespace. An owner that is being deleted neither adopts nor releases, and nobody adopts what is
 * on its way out. Source: the documented behaviour of ReplicaSets ("non-template pod acquisitions").
 */
export function claim<T extends KubeObject>(owner: Claimant, objects: readonly T[]): Claims<T> {
  const selector = labelSelectorMatcher(owner.spec.selector);
  const claims = { owned: [] as T[], adopt: [] as T[], release: [] as T[] };
  const isLeaving = Boolean(owner.metadata.deletionTimestamp);
  for (const object of objects) {
    const isSelected = selector.matches(object.metadata.labels);
    if (isControlledBy(object, owner)) {
      if (isSelected) claims.owned.push(object);
      else if (!isLeaving) claims.release.push(object);
    } else if (isSelected && !isLeaving && !controllerOf(object) && !object.metadata.deletionTimestamp) {
      claims.adopt.push(object);
    }
  }
  return claims;
}

/**
 * Whom a change of an object concerns, as the `keysOf` of a watch: whoever manages or managed it, and, of one that is nobody's,
 * every owner that would take it.
 * @param asClaimant how an owner of the kind selects
 */
export function ownersConcerned<T extends KubeObject>(
  cache: ObjectCache,
  kind: KindDefinition<T>,
  asClaimant: (owner: T) => Claimant,
): (object: KubeObject, previous: KubeObject | undefined) => ObjectKey[] {
  return (object, previous) => {
    const managers = [...controllerKeys(object, kind.kind), ...controllerKeys(previous, kind.kind)];
    if (controllerOf(object)) return managers;
    const takers = cache
      .list(kind, object.metadata.namespace)
      .filter((owner) => labelSelectorMatcher(asClaimant(owner).spec.selector).matches(object.metadata.labels));
    return [...managers, ...takers.map(keyOf)];
  };
}
