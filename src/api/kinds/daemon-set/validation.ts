import type { StatusCause } from '../../meta/errors.ts';
import { invalid, notSupported, required } from '../../meta/field-errors.ts';
import { validateLabelSelector } from '../../meta/labels.ts';
import type { DaemonSet, DaemonSetStatus } from '../../types.ts';
import { validateCollisionCount, validateNonNegative } from '../workload/counts.ts';
import { isZero, validateAtMost100Percent, validateIntOrPercent } from '../workload/int-or-percent.ts';
import { validateNotEmpty, validateSelects } from '../workload/selector.ts';
import { validateReplaceable, validateTemplate } from '../workload/template.ts';

type Spec = DaemonSet['spec'];
type Strategy = NonNullable<Spec['updateStrategy']>;

/** Of a spec that has its defaults. Source: apps/validation, ValidateDaemonSetSpec. */
export function validateDaemonSetSpec(spec: Spec): StatusCause[] {
  const { selector, template, updateStrategy = {} } = spec;
  return [
    // An absent selector is not missed by itself: it selects nothing.
    ...validateLabelSelector(selector, 'spec.selector'),
    ...validateSelects(selector, template, 'spec.template'),
    ...validateNotEmpty(selector, 'spec.selector', 'daemonset'),
    ...validateTemplate(template, 'spec.template'),
    ...validateReplaceable(template, 'spec.template', 'DaemonSet'),
    ...validateNonNegative(spec, 'spec', ['minReadySeconds']),
    ...validateStrategy(updateStrategy, 'spec.updateStrategy'),
    ...validateNonNegative(spec, 'spec', ['revisionHistoryLimit']),
  ];
}

function validateStrategy(strategy: Strategy, path: string): StatusCause[] {
  switch (strategy.type) {
    case 'OnDelete':
      return [];
    case 'RollingUpdate':
      return validateRollingUpdate(strategy.rollingUpdate, `${path}.rollingUpdate`);
    default:
      return [notSupported(path, strategy, ['RollingUpdate', 'OnDelete'])];
  }
}

/** A node either loses its pod first or has two for a while: one of the numbers is zero, and only one. */
function validateRollingUpdate(rollingUpdate: Strategy['rollingUpdate'], path: string): StatusCause[] {
  if (!rollingUpdate) return [required(path)];
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate;
  const unavailablePath = `${path}.maxUnavailable`;
  const surgePath = `${path}.maxSurge`;
  const isBoth = !isZero(maxUnavailable) && !isZero(maxSurge);
  const isNeither = isZero(maxUnavailable) && isZero(maxSurge);
  return [
    ...validateIntOrPercent(maxUnavailable, unavailablePath),
    ...validateIntOrPercent(maxSurge, surgePath),
    ...validateAtMost100Percent(maxUnavailable, unavailablePath),
    ...validateAtMost100Percent(maxSurge, surgePath),
    ...(isBoth ? [invalid(surgePath, maxSurge, 'may not be set when maxUnavailable is non-zero')] : []),
    ...(isNeither ? [required(unavailablePath, 'cannot be 0 when maxSurge is 0')] : []),
  ];
}

/** Source: apps/validation, ValidateDaemonSetStatusUpdate. */
export function validateDaemonSetStatus(
  status: DaemonSetStatus | undefined,
  old: DaemonSetStatus | undefined,
): StatusCause[] {
  return [
    ...validateNonNegative(status, 'status', [
      'currentNumberScheduled',
      'numberMisscheduled',
      'desiredNumberScheduled',
      'numberReady',
      'observedGeneration',
      'updatedNumberScheduled',
      'numberAvailable',
      'numberUnavailable',
      'collisionCount',
    ]),
    ...validateCollisionCount(status, old),
  ];
}
