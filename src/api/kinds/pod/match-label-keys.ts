import type { Pod } from '../../types.ts';
import type { PodAffinityTerm } from './parts.ts';

/**
 * Writes what matchLabelKeys and mismatchLabelKeys of pod affinity mean for this very pod into the label selectors: the values of
 * its labels as they are when it is made. Source: registry/core/pod, applyMatchLabelKeysAndMismatchLabelKeys.
 */
export function applyMatchLabelKeys({ metadata, spec }: Pod): void {
  const labels = metadata.labels ?? {};
  for (const affinity of [spec.affinity?.podAffinity, spec.affinity?.podAntiAffinity]) {
    for (const term of affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) applyTo(term, labels);
    for (const { podAffinityTerm } of affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []) {
      applyTo(podAffinityTerm, labels);
    }
  }
}

function applyTo(term: PodAffinityTerm, labels: Readonly<Record<string, string>>): void {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term;
  // Without a selector the keys are refused by validation.
  if (!labelSelector) return;
  const requirements = (keys: readonly string[], operator: 'In' | 'NotIn') =>
    keys.filter((key) => Object.hasOwn(labels, key)).map((key) => ({ key, operator, values: [labels[key] ?? ''] }));
  const more = [...requirements(matchLabelKeys, 'In'), ...requirements(mismatchLabelKeys, 'NotIn')];
  if (more.length > 0) labelSelector.matchExpressions = [...(labelSelector.matchExpressions ?? []), ...more];
}
