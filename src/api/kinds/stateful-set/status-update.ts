import type { StatusCause } from '../../meta/errors.ts';
import type { StatefulSetStatus } from '../../types.ts';
import { validateCollisionCount, validateNonNegative, validateParts } from '../workload/counts.ts';

/** Source: apps/validation, ValidateStatefulSetStatusUpdate. */
export function validateStatefulSetStatus(
  status: StatefulSetStatus | undefined,
  old: StatefulSetStatus | undefined,
): StatusCause[] {
  if (!status) return validateCollisionCount(status, old);
  const parts = ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'] as const;
  return [
    ...validateNonNegative(status, 'status', ['replicas', ...parts, 'observedGeneration', 'collisionCount']),
    ...validateParts(status, parts, 'replicas', 'status.replicas'),
    ...validateParts(status, ['availableReplicas'], 'readyReplicas', 'status.readyReplicas'),
    ...validateCollisionCount(status, old),
  ];
}
