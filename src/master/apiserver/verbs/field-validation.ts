import { type ApiError, badRequest, invalid } from '../../../api/meta/errors.ts';
import { notSupported } from '../../../api/meta/field-errors.ts';
import type { WriteContext } from './engine-deps.ts';

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** @param text of the query parameter; `''` is Warn. @throws ApiError Invalid for anything else. */
export function parseFieldValidation(text: string): FieldValidation {
  if (text === '') return 'Warn';
  if (text === 'Strict' || text === 'Warn' || text === 'Ignore') return text;
  const cause = notSupported('fieldValidation', text, ['Ignore', 'Strict', 'Warn']);
  throw invalid({ group: 'meta.k8s.io', kind: 'CreateOptions' }, '', [cause]);
}

/**
 * Does with unknown and duplicate fields what the client asked for.
 * @param errors as the decoder lists them: `unknown field "spec.foo"`.
 * @param refuse makes the error of Strict out of `strict decoding error: ...`.
 */
export function reportUnknownFields(
  errors: readonly string[],
  mode: FieldValidation,
  context: Pick<WriteContext, 'warn'>,
  refuse: (text: string) => ApiError,
): void {
  if (errors.length === 0 || mode === 'Ignore') return;
  if (mode === 'Strict') throw refuse(`strict decoding error: ${errors.join(', ')}`);
  for (const text of errors) context.warn?.(text);
}

/** The sentence around what a body's decoding came to. */
export function cannotBeHandled(kind: { readonly kind: string; readonly version: string }, text: string): ApiError {
  return badRequest(`${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${text}`);
}
