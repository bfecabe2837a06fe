import type { StatusCause } from '../../meta/errors.ts';
import type { ReplicaSetStatus } from '../../types.ts';
import { validateNonNegative, validateParts } from './counts.ts';

/** Of ReplicaSets and ReplicationControllers, which count alike (apps/validation, ValidateReplicaSetStatus). */
export function validateReplicaStatus(status: ReplicaSetStatus | undefined): StatusCause[] {
  if (!status) return [];
  return [
    ...validateNonNegative(status, 'status', [
      'replicas',
      'fullyLabeledReplicas',
      'readyReplicas',
      'availableReplicas',
      'terminatingReplicas',
      'observedGeneration',
    ]),
    ...validateParts(
      status,
      ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
      'replicas',
      'status.replicas',
    ),
    ...validateParts(status, ['availableReplicas'], 'readyReplicas', 'readyReplicas'),
  ];
}
