import type { StatusCause } from './errors.ts';

/**
 * Makers of metav1.StatusCause in Kubernetes' words (apimachinery, util/validation/field). A path is plain text as
 * Kubernetes prints it: `spec.containers[0].image`; list items and map keys in brackets.
 */

/** `Required value`, with `: detail` when there is more to say. */
export function required(field: string, detail = ''): StatusCause {
  return { reason: 'FieldValueRequired', message: withDetail('Required value', detail), field };
}

/** `Invalid value: "x": message`. Text is quoted, numbers and booleans plain, absent `null`, the rest JSON. */
export function invalid(field: string, value: unknown, detail: string): StatusCause {
  return { reason: 'FieldValueInvalid', message: withDetail(`Invalid value: ${show(value)}`, detail), field };
}

/** One `invalid` per message: for checkers that return texts (validation.ts). */
export function invalidEach(field: string, value: unknown, messages: readonly string[]): StatusCause[] {
  return messages.map((message) => invalid(field, value, message));
}

/** The value's JSON type is not the field's. */
export function typeInvalid(field: string, value: unknown, detail: string): StatusCause {
  return { reason: 'FieldValueTypeInvalid', message: withDetail(`Invalid value: ${show(value)}`, detail), field };
}

/** `Unsupported value: "x": supported values: "a", "b"`, in the order given (Kubernetes sorts most of its sets). */
export function notSupported(field: string, value: unknown, supported: readonly string[]): StatusCause {
  const list = supported.map((text) => JSON.stringify(text)).join(', ');
  const detail = list && `supported values: ${list}`;
  return { reason: 'FieldValueNotSupported', message: withDetail(`Unsupported value: ${show(value)}`, detail), field };
}

export function forbidden(field: string, detail: string): StatusCause {
  return { reason: 'FieldValueForbidden', message: withDetail('Forbidden', detail), field };
}

export function duplicate(field: string, value: unknown): StatusCause {
  return { reason: 'FieldValueDuplicate', message: `Duplicate value: ${show(value)}`, field };
}

/** `Not found: "x"`: the value names something that is not there. */
export function notFoundValue(field: string, value: unknown): StatusCause {
  return { reason: 'FieldValueNotFound', message: `Not found: ${show(value)}`, field };
}

/** The value itself is left out of the message. @param max bytes */
export function tooLong(field: string, max: number): StatusCause {
  const unit = max === 1 ? 'byte' : 'bytes';
  return { reason: 'FieldValueTooLong', message: `Too long: may not be more than ${max} ${unit}`, field };
}

export function tooMany(field: string, count: number, max: number): StatusCause {
  const unit = max === 1 ? 'item' : 'items';
  return { reason: 'FieldValueTooMany', message: `Too many: ${count}: must have at most ${max} ${unit}`, field };
}

/** A field that may not change after create. */
export function immutable(field: string, value: unknown): StatusCause {
  return invalid(field, value, 'field is immutable');
}

/** Every cause once: the same field may be judged by two rules that find the same thing. */
export function withoutRepeats(causes: readonly StatusCause[]): StatusCause[] {
  const seen = new Set<string>();
  return causes.filter(({ field, message }) => {
    const text = `${field}: ${message}`;
    if (seen.has(text)) return false;
    seen.add(text);
    return true;
  });
}

/** Judges every item of a list that may be absent; each gets its own path (`field[0]`). */
export function ofEach<T>(
  items: readonly T[] | undefined,
  field: string,
  judge: (item: T, field: string, index: number) => StatusCause[],
): StatusCause[] {
  return (items ?? []).flatMap((item, index) => judge(item, `${field}[${index}]`, index));
}

function withDetail(text: string, detail: string): string {
  return detail ? `${text}: ${detail}` : text;
}

function show(value: unknown): string {
  return value === undefined ? 'null' : JSON.stringify(value);
}
