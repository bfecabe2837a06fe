import { Metadata, type ServiceError, type StatusObject, status } from '@grpc/grpc-js';
import { ApiError, type StatusDetails, type StatusReason } from '../api/meta/errors.ts';

/** Trailer that carries the metav1.Status as JSON. */
const STATUS_TRAILER = 'bramble-status-bin';

const CODE_OF: Record<StatusReason, status> = {
  BadRequest: status.INVALID_ARGUMENT,
  Unauthorized: status.UNAUTHENTICATED,
  Forbidden: status.PERMISSION_DENIED,
  NotFound: status.NOT_FOUND,
  MethodNotAllowed: status.UNIMPLEMENTED,
  NotAcceptable: status.INVALID_ARGUMENT,
  AlreadyExists: status.ALREADY_EXISTS,
  Conflict: status.ABORTED,
  Gone: status.OUT_OF_RANGE,
  Expired: status.OUT_OF_RANGE,
  RequestEntityTooLarge: status.RESOURCE_EXHAUSTED,
  UnsupportedMediaType: status.INVALID_ARGUMENT,
  Invalid: status.INVALID_ARGUMENT,
  TooManyRequests: status.RESOURCE_EXHAUSTED,
  InternalError: status.INTERNAL,
  ServiceUnavailable: status.UNAVAILABLE,
  Timeout: status.DEADLINE_EXCEEDED,
};

/** What a bare gRPC code (no Status trailer: the transport's own failure) is taken for. */
const REASON_OF: Partial<Record<status, StatusReason>> = {
  [status.INVALID_ARGUMENT]: 'BadRequest',
  [status.UNAUTHENTICATED]: 'Unauthorized',
  [status.PERMISSION_DENIED]: 'Forbidden',
  [status.NOT_FOUND]: 'NotFound',
  [status.UNIMPLEMENTED]: 'MethodNotAllowed',
  [status.ALREADY_EXISTS]: 'AlreadyExists',
  [status.ABORTED]: 'Conflict',
  [status.OUT_OF_RANGE]: 'Expired',
  [status.RESOURCE_EXHAUSTED]: 'TooManyRequests',
  [status.UNAVAILABLE]: 'ServiceUnavailable',
  [status.CANCELLED]: 'ServiceUnavailable',
  [status.DEADLINE_EXCEEDED]: 'Timeout',
};

/** An error as a gRPC call ends with it; anything but an ApiError becomes InternalError without its details. */
export function toServiceError(error: unknown): Error & Pick<StatusObject, 'code' | 'details' | 'metadata'> {
  const api = error instanceof ApiError ? error : new ApiError('InternalError', 'internal error', {}, { cause: error });
  const metadata = new Metadata();
  metadata.set(STATUS_TRAILER, Buffer.from(JSON.stringify(api.toStatus())));
  return Object.assign(new Error(api.message, { cause: error }), {
    code: CODE_OF[api.reason],
    details: api.message,
    metadata,
  });
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' && 'details' in error;
}

function parseTrailer(bytes: unknown): { reason: StatusReason; message: string; details: StatusDetails } | undefined {
  if (!Buffer.isBuffer(bytes)) return undefined;
  try {
    const value = JSON.parse(bytes.toString()) as { reason?: unknown; message?: unknown; details?: StatusDetails };
    if (typeof value.reason !== 'string' || !(value.reason in CODE_OF)) return undefined;
    return {
      reason: value.reason as StatusReason,
      message: String(value.message ?? ''),
      details: value.details ?? {},
    };
  } catch {
    return undefined; // Not ours: the code and details that came beside it say enough.
  }
}

/** The ApiError that the other side raised, or, for what happened on the way, the like-named one. */
export function fromServiceError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (!isServiceError(error)) {
    const text = error instanceof Error ? error.message : String(error);
    return new ApiError('ServiceUnavailable', `the connection broke: ${text}`, {}, { cause: error });
  }
  const sent = parseTrailer(error.metadata?.get(STATUS_TRAILER)[0]);
  if (sent) return new ApiError(sent.reason, sent.message, sent.details, { cause: error });
  return new ApiError(REASON_OF[error.code] ?? 'InternalError', error.details || error.message, {}, { cause: error });
}
