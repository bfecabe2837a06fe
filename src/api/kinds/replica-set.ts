import type { StatusCause } from '../meta/errors.ts';
import { immutable, withoutRepeats } from '../meta/field-errors.ts';
import type { KindDefinition } from '../registry.ts';
import type { ReplicaSet } from '../types.ts';
import { AGE, NAME } from './columns.ts';
import { isSame } from './pod/validation/difference.ts';
import { standardScale } from './scale.ts';
import { containerColumns, count, wide } from './workload/columns.ts';
import { validateNonNegative } from './workload/counts.ts';
import { nameWarnings } from './workload/name-warnings.ts';
import { validateReplicaStatus } from './workload/replica-status.ts';
import { selectorText, validateSelector, validateSelects } from './workload/selector.ts';
import {
  givenSpec,
  setTemplateDefaults,
  templateWarnings,
  validateReplaceable,
  validateTemplate,
} from './workload/template.ts';

export const REPLICA_SET: KindDefinition<ReplicaSet> = {
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  singular: 'replicaset',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  hasStatus: true,
  hasGeneration: true,
  scale: standardScale(({ spec }) => selectorText(spec.selector)),
  selectableFields: ({ status }) => ({ 'status.replicas': String(status?.replicas ?? 0) }),
  columns: [
    NAME,
    count('Desired', 'Pods that there should be.', ({ spec }) => spec.replicas),
    count('Current', 'Pods that there are.', ({ status }) => status?.replicas ?? 0),
    count('Ready', 'Pods that are ready.', ({ status }) => status?.readyReplicas ?? 0),
    AGE,
    ...containerColumns<ReplicaSet>(({ spec }) => spec.template),
    wide('Selector', 'Labels of the pods that it owns.', ({ spec }) => selectorText(spec.selector) || '<none>'),
  ],
  strategy: {
    setDefaults(set) {
      const spec = givenSpec(set);
      spec.replicas ??= 1;
      setTemplateDefaults(spec);
    },
    prepareForCreate(set) {
      set.status = { replicas: 0 };
    },
    validate: ({ spec }) => withoutRepeats(validateSpec(spec)),
    validateUpdate: ({ spec }, { spec: old }) =>
      isSame(spec.selector, old.selector) ? [] : [immutable('spec.selector', spec.selector)],
    validateStatusUpdate: ({ status }) => validateReplicaStatus(status),
    warnings: (set) => [...nameWarnings(set), ...templateWarnings(set.spec.template, 'spec.template')],
  },
};

/** Source: apps/validation, ValidateReplicaSetSpec. */
function validateSpec(spec: ReplicaSet['spec']): StatusCause[] {
  const { selector, template } = spec;
  return [
    ...validateNonNegative(spec, 'spec', ['replicas', 'minReadySeconds']),
    // The wrong name is Kubernetes' own.
    ...validateSelector(selector, 'spec.selector', 'deployment'),
    ...validateSelects(selector, template, 'spec.template'),
    ...validateTemplate(template, 'spec.template'),
    ...validateReplaceable(template, 'spec.template', 'ReplicaSet'),
  ];
}
