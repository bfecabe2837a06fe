import { ApiError } from '../../api/meta/errors.ts';
import { RuntimeError } from '../runtime/runtime.ts';

/** metav1.Status as the last frame of a stream carries it. */
export interface StreamStatus {
  readonly metadata: object;
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: object;
}

export const SUCCESS: StreamStatus = { metadata: {}, status: 'Success' };

/** How a command ended, in the words by which kubectl finds its exit code (kubelet, remotecommand.NonZeroExitCodeReason). */
export function exitStatus(exitCode: number): StreamStatus {
  if (exitCode === 0) return SUCCESS;
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  };
}

/** What went wrong, for whoever asked for the stream. What the engine says is told: they can act on it. */
export function failureStatus(error: unknown): StreamStatus {
  return asApiError(error).toStatus();
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (!(error instanceof RuntimeError))
    return new ApiError('InternalError', 'internal error of the node agent', {}, { cause: error });
  const reason = error.code === 'Unavailable' ? 'ServiceUnavailable' : 'InternalError';
  return new ApiError(reason, error.message, {}, { cause: error });
}
