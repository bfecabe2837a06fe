/** Kubernetes' reasons and their HTTP codes (apimachinery, metav1.StatusReason). */
const CODES = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Gone: 410,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  ServiceUnavailable: 503,
  Timeout: 504,
} as const;

export type StatusReason = keyof typeof CODES;

/** One thing that is wrong with one field (metav1.StatusCause). */
export interface StatusCause {
  /** `FieldValueRequired`, `FieldValueInvalid`, `FieldValueForbidden`, ... */
  readonly reason: string;
  readonly message: string;
  /** Path as Kubernetes prints it: `spec.containers[0].image`; '' of a cause that is no field's, and then not sent. */
  readonly field: string;
}

/** metav1.StatusDetails. `kind` is the plural resource but for Invalid, where it is the Kind. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

type SentDetails = Omit<StatusDetails, 'causes'> & {
  readonly causes?: readonly (Omit<StatusCause, 'field'> & { readonly field?: string })[];
};

/** metav1.Status as a failure, ready to be sent. */
export interface FailureStatus {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  /** `continue`: with Expired, where an inconsistent list can go on. */
  readonly metadata: { readonly continue?: string };
  readonly status: 'Failure';
  readonly message: string;
  readonly reason: StatusReason;
  readonly details?: SentDetails;
  readonly code: number;
}

/** The one error that crosses module borders; foreign errors become one of these in the file that imports their library. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly reason: StatusReason;
  readonly details: StatusDetails;

  constructor(reason: StatusReason, message: string, details: StatusDetails = {}, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
    this.details = details;
  }

  /** The HTTP code that goes with the reason. */
  get code(): number {
    return CODES[this.reason];
  }

  /** The Status that a client is sent. */
  toStatus(): FailureStatus {
    const hasDetails = Object.keys(this.details).length > 0;
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      reason: this.reason,
      ...(hasDetails ? { details: asSent(this.details) } : {}),
      code: this.code,
    };
  }
}

function asSent(details: StatusDetails): SentDetails {
  if (!details.causes) return details;
  return { ...details, causes: details.causes.map(({ field, ...cause }) => (field ? { ...cause, field } : cause)) };
}

/** A resource as messages name it: `pods`, `deployments.apps`. */
export interface ResourceName {
  readonly group: string;
  readonly plural: string;
}

function qualified({ group, plural }: ResourceName): string {
  return group ? `${plural}.${group}` : plural;
}

function detailsOf(resource: ResourceName, name: string): StatusDetails {
  return { name, ...(resource.group ? { group: resource.group } : {}), kind: resource.plural };
}

export function notFound(resource: ResourceName, name: string): ApiError {
  return new ApiError('NotFound', `${qualified(resource)} "${name}" not found`, detailsOf(resource, name));
}

export function alreadyExists(resource: ResourceName, name: string): ApiError {
  return new ApiError('AlreadyExists', `${qualified(resource)} "${name}" already exists`, detailsOf(resource, name));
}

/** A stale resourceVersion, or a precondition (uid) that does not hold; `why` defaults to optimistic locking's sentence. */
export function conflict(resource: ResourceName, name: string, why?: string): ApiError {
  const because = why ?? 'the object has been modified; please apply your changes to the latest version and try again';
  return new ApiError(
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${because}`,
    detailsOf(resource, name),
  );
}

/** @param causes all that is wrong, never only the first. */
export function invalid(kind: { group: string; kind: string }, name: string, causes: readonly StatusCause[]): ApiError {
  const list = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const text = list.length === 1 ? list[0] : `[${list.join(', ')}]`;
  return new ApiError('Invalid', `${kind.kind}${kind.group ? `.${kind.group}` : ''} "${name}" is invalid: ${text}`, {
    name,
    ...(kind.group ? { group: kind.group } : {}),
    kind: kind.kind,
    causes,
  });
}

export function badRequest(message: string, options?: ErrorOptions): ApiError {
  return new ApiError('BadRequest', message, {}, options);
}

export function forbidden(resource: ResourceName, name: string, why: string): ApiError {
  return new ApiError(
    'Forbidden',
    name ? `${qualified(resource)} "${name}" is forbidden: ${why}` : `${qualified(resource)} is forbidden: ${why}`,
    detailsOf(resource, name),
  );
}

/** A revision that is no longer kept: the client lists again. */
export function expired(message = 'The resourceVersion for the provided watch is too old.'): ApiError {
  return new ApiError('Expired', message);
}
