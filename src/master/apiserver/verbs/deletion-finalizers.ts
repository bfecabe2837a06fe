import { FOREGROUND_FINALIZER, ORPHAN_FINALIZER } from '../../../api/meta/finalizers.ts';
import type { KindDefinition } from '../../../api/registry.ts';
import type { KubeObject } from '../../../api/types.ts';
import type { DeleteOptions } from '../../resource-client.ts';

type Policy = DeleteOptions['propagationPolicy'];

const FINALIZERS = { Background: undefined, Foreground: FOREGROUND_FINALIZER, Orphan: ORPHAN_FINALIZER } as const;
const OF_DEPENDENTS: readonly string[] = [FOREGROUND_FINALIZER, ORPHAN_FINALIZER];

/**
 * The finalizers of an object whose deletion begins: the two that say what becomes of its dependents come and go with the
 * policy. Without one, those that it has decide, then its kind. Source: generic registry, deletionFinalizersForGarbageCollection.
 */
export function finalizersForDeletion(kind: KindDefinition, object: KubeObject, policy: Policy): string[] {
  const { finalizers = [] } = object.metadata;
  const wanted = FINALIZERS[wantedPolicy(kind, finalizers, policy) ?? 'Background'];
  const kept = finalizers.filter((name) => !OF_DEPENDENTS.includes(name) || name === wanted);
  return wanted === undefined || kept.includes(wanted) ? kept : [...kept, wanted];
}

function wantedPolicy(kind: KindDefinition, finalizers: readonly string[], policy: Policy): Policy {
  const standard = kind.strategy.defaultPropagation;
  if (standard === 'Unsupported') return undefined;
  if (policy) return policy;
  if (finalizers.includes(ORPHAN_FINALIZER)) return 'Orphan';
  if (finalizers.includes(FOREGROUND_FINALIZER)) return 'Foreground';
  return standard;
}
