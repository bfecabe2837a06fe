import type { StatusCause } from '../../meta/errors.ts';
import { forbidden, invalid, notSupported, required } from '../../meta/field-errors.ts';
import type { Deployment, DeploymentStatus } from '../../types.ts';
import { validateCollisionCount, validateNonNegative, validateParts } from '../workload/counts.ts';
import { isZero, validateAtMost100Percent, validateIntOrPercent } from '../workload/int-or-percent.ts';
import { validateSelector, validateSelects } from '../workload/selector.ts';
import { validateReplaceable, validateTemplate } from '../workload/template.ts';

type Spec = Deployment['spec'];
type Strategy = NonNullable<Spec['strategy']>;

/** Of a spec that has its defaults. Source: apps/validation, ValidateDeploymentSpec. */
export function validateDeploymentSpec(spec: Spec): StatusCause[] {
  const { selector, template, strategy = {} } = spec;
  return [
    ...validateNonNegative(spec, 'spec', ['replicas']),
    ...validateSelector(selector, 'spec.selector', 'deployment'),
    ...validateSelects(selector, template, 'spec.template'),
    ...validateTemplate(template, 'spec.template'),
    // A Deployment is judged as the ReplicaSets that it makes.
    ...validateReplaceable(template, 'spec.template', 'ReplicaSet'),
    ...validateStrategy(strategy, 'spec.strategy'),
    ...validateNonNegative(spec, 'spec', ['minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds']),
    ...validateDeadline(spec),
  ];
}

function validateStrategy(strategy: Strategy, path: string): StatusCause[] {
  const { type, rollingUpdate } = strategy;
  switch (type) {
    case 'Recreate':
      if (!rollingUpdate) return [];
      return [forbidden(`${path}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")];
    case 'RollingUpdate':
      return validateRollingUpdate(rollingUpdate, `${path}.rollingUpdate`);
    default:
      return [notSupported(path, strategy, ['Recreate', 'RollingUpdate'])];
  }
}

function validateRollingUpdate(rollingUpdate: Strategy['rollingUpdate'], path: string): StatusCause[] {
  if (!rollingUpdate) return [required(path, 'this should be defaulted and never be nil')];
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate;
  return [
    ...validateIntOrPercent(maxUnavailable, `${path}.maxUnavailable`),
    ...validateIntOrPercent(maxSurge, `${path}.maxSurge`),
    ...(isZero(maxUnavailable) && isZero(maxSurge)
      ? [invalid(`${path}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0')]
      : []),
    ...validateAtMost100Percent(maxUnavailable, `${path}.maxUnavailable`),
  ];
}

/** A pod that has to be ready for so long could never count as progress in time. */
function validateDeadline({ progressDeadlineSeconds: deadline, minReadySeconds = 0 }: Spec): StatusCause[] {
  if (deadline === undefined || deadline > minReadySeconds) return [];
  return [invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds')];
}

/** Source: apps/validation, ValidateDeploymentStatusUpdate. */
export function validateDeploymentStatus(
  status: DeploymentStatus | undefined,
  old: DeploymentStatus | undefined,
): StatusCause[] {
  return [
    ...validateNonNegative(status, 'status', [
      'observedGeneration',
      'replicas',
      'updatedReplicas',
      'readyReplicas',
      'availableReplicas',
      'unavailableReplicas',
      'terminatingReplicas',
      'collisionCount',
    ]),
    ...validateParts(
      status ?? {},
      ['updatedReplicas', 'readyReplicas', 'availableReplicas'],
      'replicas',
      'status.replicas',
    ),
    ...validateParts(status ?? {}, ['availableReplicas'], 'readyReplicas', 'readyReplicas'),
    ...validateCollisionCount(status, old),
  ];
}
