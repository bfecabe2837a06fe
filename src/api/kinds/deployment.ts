import type { StatusCause } from '../meta/errors.ts';
import { immutable, withoutRepeats } from '../meta/field-errors.ts';
import type { KindDefinition } from '../registry.ts';
import type { Deployment } from '../types.ts';
import { AGE, NAME } from './columns.ts';
import { validateDeploymentSpec, validateDeploymentStatus } from './deployment/validation.ts';
import { isSame } from './pod/validation/difference.ts';
import { standardScale } from './scale.ts';
import { containerColumns, text, wide } from './workload/columns.ts';
import { nameWarnings } from './workload/name-warnings.ts';
import { selectorText } from './workload/selector.ts';
import { givenSpec, setTemplateDefaults, templateWarnings } from './workload/template.ts';

export const DEPLOYMENT: KindDefinition<Deployment> = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  singular: 'deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  hasStatus: true,
  hasGeneration: true,
  scale: standardScale(({ spec }) => selectorText(spec.selector)),
  columns: [
    NAME,
    text('Ready', 'Pods that are ready, of those that there should be.', readyCell),
    text('Up-to-date', 'Pods of the newest template.', ({ status }) => status?.updatedReplicas ?? 0),
    text('Available', 'Pods that are ready for long enough.', ({ status }) => status?.availableReplicas ?? 0),
    AGE,
    ...containerColumns<Deployment>(({ spec }) => spec.template),
    wide('Selector', 'Labels of the pods that it owns.', ({ spec }) => selectorText(spec.selector)),
  ],
  strategy: {
    setDefaults,
    prepareForCreate(deployment) {
      deployment.status = {};
    },
    prepareForUpdate,
    validate: ({ spec }) => withoutRepeats(validateDeploymentSpec(spec)),
    validateUpdate: ({ spec }, { spec: old }): StatusCause[] =>
      isSame(spec.selector, old.selector) ? [] : [immutable('spec.selector', spec.selector)],
    validateStatusUpdate: ({ status }, { status: old }) => validateDeploymentStatus(status, old),
    warnings: (deployment) => [
      ...nameWarnings(deployment),
      ...templateWarnings(deployment.spec.template, 'spec.template'),
    ],
  },
};

function readyCell({ spec, status }: Deployment): string {
  return `${status?.readyReplicas ?? 0}/${spec.replicas}`;
}

function setDefaults(deployment: Deployment): void {
  const spec = givenSpec(deployment);
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
  setTemplateDefaults(spec);
  spec.strategy ??= {};
  const { strategy } = spec;
  strategy.type ||= 'RollingUpdate';
  if (strategy.type !== 'RollingUpdate') return;
  strategy.rollingUpdate ??= {};
  strategy.rollingUpdate.maxUnavailable ??= '25%';
  strategy.rollingUpdate.maxSurge ??= '25%';
}

/** Annotations are handed down to ReplicaSets: for a Deployment their change is one of what it wants. */
function prepareForUpdate({ metadata }: Deployment, { metadata: old }: Deployment): void {
  if (!isSame(metadata.annotations, old.annotations)) metadata.generation = (old.generation ?? 0) + 1;
}
