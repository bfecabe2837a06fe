import { isDeepStrictEqual } from 'node:util';
import { POD } from '../../../api/kinds/pod.ts';
import { POD_DISRUPTION_BUDGET } from '../../../api/kinds/pod-disruption-budget.ts';
import { labelSelectorMatcher } from '../../../api/meta/labels.ts';
import { type KindDefinition, keyOf, type ObjectKey } from '../../../api/registry.ts';
import type { KubeObject, Pod, PodDisruptionBudget } from '../../../api/types.ts';
import type { ControllerParts, Reconciler } from '../controller.ts';
import { ignoring } from '../ignore-errors.ts';
import { ownerScale } from './owner-scale.ts';
import { plan } from './plan.ts';

const COMPONENT = 'controllermanager';

/** Counts for each budget how many of its pods may be evicted. @param kinds those in the cache: owners of pods are among them */
export function disruptionController(
  { client, cache, clock, events }: ControllerParts,
  kinds: readonly KindDefinition[],
): Reconciler {
  const budgetsIn = (namespace: string | undefined) => cache.list(POD_DISRUPTION_BUDGET, namespace);
  const budgetsOfPod = (object: KubeObject, previous: KubeObject | undefined): ObjectKey[] =>
    budgetsIn(object.metadata.namespace)
      .filter(({ spec }) => {
        const selector = labelSelectorMatcher(spec.selector);
        return [object, previous].some((pod) => pod && selector.matches(pod.metadata.labels));
      })
      .map(keyOf);
  // Which pods are an owner's is not asked: owners change rarely.
  const budgetsNearby = ({ metadata }: KubeObject): ObjectKey[] => budgetsIn(metadata.namespace).map(keyOf);
  const podsOf = ({ metadata, spec }: PodDisruptionBudget): Pod[] => {
    const selector = labelSelectorMatcher(spec.selector);
    return cache.list(POD, metadata.namespace).filter((pod) => selector.matches(pod.metadata.labels));
  };
  const warn = (about: KubeObject, reason: string, message: string) =>
    events.record(about, { type: 'Warning', reason, message, component: COMPONENT });
  return {
    name: 'disruption-controller',
    watches: [
      { kind: POD_DISRUPTION_BUDGET },
      { kind: POD, keysOf: budgetsOfPod },
      ...kinds.filter(({ scale }) => scale).map((kind) => ({ kind, keysOf: budgetsNearby })),
    ],
    async reconcile(key) {
      const budget = cache.get(POD_DISRUPTION_BUDGET, key);
      if (!budget || budget.metadata.deletionTimestamp) return undefined;
      const pods = podsOf(budget);
      const planned = plan(budget, pods, (pod) => ownerScale(pod, cache, kinds), clock.now());
      const { status, failure, notDeleted, againAfterMs } = planned;
      if (isDeepStrictEqual(status, budget.status)) return againAfterMs;
      const update = client.update(POD_DISRUPTION_BUDGET, { ...budget, status }, { subresource: 'status' });
      // An eviction was faster: its write wakes us again.
      await ignoring(['NotFound', 'Conflict'], update);
      const { namespace, name } = key;
      for (const pod of notDeleted) {
        warn(pod, 'NotDeleted', `Pod was expected by PDB ${namespace}/${name} to be deleted but it wasn't`);
      }
      if (pods.length === 0) {
        const message = 'No matching pods found';
        events.record(budget, { type: 'Normal', reason: 'NoPods', message, component: COMPONENT });
      }
      if (failure !== undefined) {
        const message = `Failed to calculate the number of expected pods: ${failure}`;
        warn(budget, 'CalculateExpectedPodCountFailed', message);
      }
      return againAfterMs;
    },
  };
}
