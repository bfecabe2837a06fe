import type { StatusCause } from '../../meta/errors.ts';
import { invalidEach, required } from '../../meta/field-errors.ts';
import { checkDns1123Subdomain, checkPathSegmentName } from '../../meta/validation.ts';

/** An object of any kind, by name: the backend of a path, the parameters of a class. */
interface ObjectReference {
  readonly apiGroup?: string;
  readonly kind: string;
  readonly name: string;
}

/** Source: networking/validation, validateIngressTypedLocalObjectReference. */
export function validateObjectReference({ apiGroup, kind, name }: ObjectReference, path: string): StatusCause[] {
  return [
    ...(apiGroup === undefined ? [] : invalidEach(`${path}.apiGroup`, apiGroup, checkDns1123Subdomain(apiGroup))),
    ...segment(kind, `${path}.kind`),
    ...segment(name, `${path}.name`),
  ];
}

function segment(value: string, field: string): StatusCause[] {
  return value ? invalidEach(field, value, checkPathSegmentName(value)) : [required(field)];
}
