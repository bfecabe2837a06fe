import type { StatusCause } from '../meta/errors.ts';
import { invalid, notSupported } from '../meta/field-errors.ts';
import { validateLabelSelector } from '../meta/labels.ts';
import type { KindDefinition } from '../registry.ts';
import type { PodDisruptionBudget } from '../types.ts';
import { AGE, NAME } from './columns.ts';
import { count, text } from './workload/columns.ts';
import { validateNonNegative } from './workload/counts.ts';
import { type IntOrPercent, validateAtMost100Percent, validateIntOrPercent } from './workload/int-or-percent.ts';
import { givenSpec } from './workload/template.ts';

const POLICIES = ['AlwaysAllow', 'IfHealthyBudget'];
const COUNTS = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const;
const NOT_APPLICABLE = 'N/A';

export const POD_DISRUPTION_BUDGET: KindDefinition<PodDisruptionBudget> = {
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  singular: 'poddisruptionbudget',
  shortNames: ['pdb'],
  namespaced: true,
  hasStatus: true,
  hasGeneration: true,
  columns: [
    NAME,
    text('Min Available', 'Pods that have to stay.', ({ spec }) => spec.minAvailable ?? NOT_APPLICABLE),
    text('Max Unavailable', 'Pods that may go.', ({ spec }) => spec.maxUnavailable ?? NOT_APPLICABLE),
    count('Allowed Disruptions', 'Pods that may be evicted now.', ({ status }) => status?.disruptionsAllowed ?? 0),
    AGE,
  ],
  strategy: {
    setDefaults: (budget) => void givenSpec(budget),
    prepareForCreate(budget) {
      // Kubernetes has these four always; none is allowed until the controller has counted.
      budget.status = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
    },
    validate,
    validateStatusUpdate: ({ status }) => validateNonNegative(status, 'status', COUNTS),
  },
};

/** Source: policy/validation, ValidatePodDisruptionBudgetSpec. */
function validate({ spec }: PodDisruptionBudget): StatusCause[] {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec;
  const isBoth = minAvailable !== undefined && maxUnavailable !== undefined;
  return [
    ...(isBoth ? [invalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set')] : []),
    ...amountCauses(minAvailable, 'spec.minAvailable'),
    ...amountCauses(maxUnavailable, 'spec.maxUnavailable'),
    ...validateLabelSelector(selector, 'spec.selector'),
    ...(policy === undefined || POLICIES.includes(policy)
      ? []
      : [notSupported('spec.unhealthyPodEvictionPolicy', policy, POLICIES)]),
  ];
}

function amountCauses(value: IntOrPercent | undefined, field: string): StatusCause[] {
  if (value === undefined) return [];
  return [...validateIntOrPercent(value, field), ...validateAtMost100Percent(value, field)];
}
