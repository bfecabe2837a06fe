import { REPLICA_SET } from '../../api/kinds/replica-set.ts';
import { REPLICATION_CONTROLLER } from '../../api/kinds/replication-controller.ts';
import { SERVICE } from '../../api/kinds/service.ts';
import { STATEFUL_SET } from '../../api/kinds/stateful-set.ts';
import { type LabelSelector, labelMapMatcher, labelSelectorMatcher, type Selector } from '../../api/meta/labels.ts';
import type { Pod } from '../../api/types.ts';
import type { ObjectCache } from '../resource-client.ts';

/**
 * Selects the pods that do the same work: what the Services of the pod and its controller select together.
 * Source: kube-scheduler, helper.DefaultSelector.
 */
export function kinSelector(cache: ObjectCache, { metadata }: Pod): Selector | undefined {
  const { namespace = '', labels } = metadata;
  const matchLabels: Record<string, string> = {};
  for (const { spec } of cache.list(SERVICE, namespace)) {
    if (labelMapMatcher(spec.selector).matches(labels)) Object.assign(matchLabels, spec.selector);
  }
  const owner = controllerSelector(cache, { metadata });
  const hasServices = Object.keys(matchLabels).length > 0;
  if (!hasServices && !owner) return undefined;
  return labelSelectorMatcher({
    matchLabels: { ...matchLabels, ...owner?.matchLabels },
    matchExpressions: owner?.matchExpressions ?? [],
  });
}

function controllerSelector(cache: ObjectCache, { metadata }: Pick<Pod, 'metadata'>): LabelSelector | undefined {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  const key = { namespace: metadata.namespace ?? '', name: owner?.name ?? '' };
  switch (owner?.kind) {
    case 'ReplicaSet':
      return cache.get(REPLICA_SET, key)?.spec.selector;
    case 'StatefulSet':
      return cache.get(STATEFUL_SET, key)?.spec.selector;
    case 'ReplicationController': {
      const matchLabels = cache.get(REPLICATION_CONTROLLER, key)?.spec.selector;
      return matchLabels && { matchLabels };
    }
    default:
      return undefined;
  }
}
