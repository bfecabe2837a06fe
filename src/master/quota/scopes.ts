import { qosClass } from '../../api/kinds/pod/qos.ts';
import type { Pod, ResourceQuota } from '../../api/types.ts';

type Selector = NonNullable<ResourceQuota['spec']['scopeSelector']>;
type Requirement = NonNullable<Selector['matchExpressions']>[number];

/** All that a quota says of which pods it is about; `scopes` are requirements that a pod be in each. */
export function requirementsOf({ scopes = [], scopeSelector }: ResourceQuota['spec']): readonly Requirement[] {
  const plain = scopes.map((scopeName): Requirement => ({ scopeName, operator: 'Exists' }));
  return [...plain, ...(scopeSelector?.matchExpressions ?? [])];
}

/** Source: quota/v1/evaluator/core, podMatchesScopeFunc. */
export function isPodInScope(pod: Pod, requirement: Requirement): boolean {
  const { activeDeadlineSeconds } = pod.spec;
  const isTerminating = activeDeadlineSeconds !== undefined && activeDeadlineSeconds >= 0;
  switch (requirement.scopeName) {
    case 'Terminating':
      return isTerminating;
    case 'NotTerminating':
      return !isTerminating;
    case 'BestEffort':
      return qosClass(pod.spec) === 'BestEffort';
    case 'NotBestEffort':
      return qosClass(pod.spec) !== 'BestEffort';
    case 'PriorityClass':
      return isClassWanted(pod.spec.priorityClassName || undefined, requirement);
    case 'CrossNamespacePodAffinity':
      return reachesOtherNamespaces(pod);
    default:
      return false;
  }
}

function isClassWanted(name: string | undefined, { operator, values = [] }: Requirement): boolean {
  switch (operator) {
    case 'Exists':
      return name !== undefined;
    case 'DoesNotExist':
      return name === undefined;
    case 'In':
      return name !== undefined && values.includes(name);
    case 'NotIn':
      return name === undefined || !values.includes(name);
    default:
      return false;
  }
}

function reachesOtherNamespaces({ spec }: Pod): boolean {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  return [podAffinity, podAntiAffinity].some((affinity) => {
    const needed = affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const wished = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    return [...needed, ...wished.map(({ podAffinityTerm }) => podAffinityTerm)].some(
      ({ namespaces = [], namespaceSelector }) => namespaces.length > 0 || namespaceSelector !== undefined,
    );
  });
}
