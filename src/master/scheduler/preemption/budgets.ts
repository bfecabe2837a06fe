import { labelSelectorMatcher } from '../../../api/meta/labels.ts';
import type { PodDisruptionBudget } from '../../../api/types.ts';
import type { PodInfo } from '../pod-info.ts';

/**
 * Sorts pods, given in order of importance, into those that budgets let go together and those whose going would break one.
 * Source: kube-scheduler, filterPodsWithPDBViolation.
 */
export function sortByBudgets(
  pods: readonly PodInfo[],
  budgets: readonly PodDisruptionBudget[],
): { readonly violating: PodInfo[]; readonly allowed: PodInfo[] } {
  const left = budgets.map(({ metadata, spec, status }) => ({
    namespace: metadata.namespace,
    selector: labelSelectorMatcher(spec.selector),
    allowed: status?.disruptionsAllowed ?? 0,
    // These go already, and were counted.
    disrupted: status?.disruptedPods ?? {},
  }));
  const violating: PodInfo[] = [];
  const allowed: PodInfo[] = [];
  for (const info of pods) {
    const { name, namespace, labels = {} } = info.pod.metadata;
    let isViolating = false;
    for (const budget of left) {
      const hasLabels = Object.keys(labels).length > 0;
      // A selector of nothing selects no pod here, other than elsewhere in policy/v1: that is what kube-scheduler does.
      if (!hasLabels || budget.namespace !== namespace || budget.selector.isEmpty) continue;
      if (!budget.selector.matches(labels) || Object.hasOwn(budget.disrupted, name)) continue;
      budget.allowed -= 1;
      if (budget.allowed < 0) isViolating = true;
    }
    (isViolating ? violating : allowed).push(info);
  }
  return { violating, allowed };
}
