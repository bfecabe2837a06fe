import type { StatusCause } from '../meta/errors.ts';
import { required, withoutRepeats } from '../meta/field-errors.ts';
import type { KindDefinition } from '../registry.ts';
import type { ReplicationController } from '../types.ts';
import { AGE, NAME } from './columns.ts';
import { standardScale } from './scale.ts';
import { containerColumns, count, wide } from './workload/columns.ts';
import { validateNonNegative } from './workload/counts.ts';
import { nameWarnings } from './workload/name-warnings.ts';
import { validateReplicaStatus } from './workload/replica-status.ts';
import { labelsText, validateSelects } from './workload/selector.ts';
import {
  givenSpec,
  setTemplateDefaults,
  templateWarnings,
  validateReplaceable,
  validateTemplate,
} from './workload/template.ts';

export const REPLICATION_CONTROLLER: KindDefinition<ReplicationController> = {
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  singular: 'replicationcontroller',
  shortNames: ['rc'],
  categories: ['all'],
  namespaced: true,
  hasStatus: true,
  hasGeneration: true,
  scale: standardScale(({ spec }) => labelsText(spec.selector)),
  selectableFields: ({ status }) => ({ 'status.replicas': String(status?.replicas ?? 0) }),
  columns: [
    NAME,
    count('Desired', 'Pods that there should be.', ({ spec }) => spec.replicas),
    count('Current', 'Pods that there are.', ({ status }) => status?.replicas ?? 0),
    count('Ready', 'Pods that are ready.', ({ status }) => status?.readyReplicas ?? 0),
    AGE,
    ...containerColumns<ReplicationController>(({ spec }) => spec.template),
    wide('Selector', 'Labels of the pods that it owns.', ({ spec }) => labelsText(spec.selector) || '<none>'),
  ],
  strategy: {
    defaultPropagation: 'Orphan',
    setDefaults,
    prepareForCreate(controller) {
      controller.status = { replicas: 0 };
    },
    validate: ({ spec }) => withoutRepeats(validateSpec(spec)),
    validateStatusUpdate: ({ status }) => validateReplicaStatus(status),
    warnings: (controller) => [
      ...nameWarnings(controller),
      ...templateWarnings(controller.spec.template, 'spec.template'),
    ],
  },
};

/** The template's labels are what it selects and is labelled by, unless it says so itself. */
function setDefaults(controller: ReplicationController): void {
  const spec = givenSpec(controller);
  spec.replicas ??= 1;
  // Without a template there is nothing to take; that it has to be there, validation says.
  if (spec.template) setTemplateDefaults(spec);
  const labels = spec.template?.metadata?.labels;
  if (!labels) return;
  if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels };
  if (Object.keys(controller.metadata.labels ?? {}).length === 0) controller.metadata.labels = { ...labels };
}

/** Source: core/validation, ValidateReplicationControllerSpec. */
function validateSpec(spec: ReplicationController['spec']): StatusCause[] {
  const { template, selector = {} } = spec;
  const hasSelector = Object.keys(selector).length > 0;
  return [
    ...validateNonNegative(spec, 'spec', ['minReadySeconds']),
    ...(hasSelector ? [] : [required('spec.selector')]),
    ...validateNonNegative(spec, 'spec', ['replicas']),
    ...(template
      ? [
          ...validateSelects({ matchLabels: selector }, template, 'spec.template'),
          ...validateTemplate(template, 'spec.template'),
          ...validateReplaceable(template, 'spec.template', 'ReplicationController'),
        ]
      : [required('spec.template')]),
  ];
}
