import { isObject } from '../codec/check.ts';
import { parseJson } from '../codec/json.ts';
import { JsonSyntaxError } from '../codec/json-parser.ts';
import { plain, WrongValue } from '../codec/scalars.ts';
import { ApiError, badRequest } from '../meta/errors.ts';
import { type GroupVersionKind, type ObjectSchema, schemaOf } from '../schema/schema.ts';
import type { KubeObject } from '../types.ts';
import { jsonPatch } from './json-patch.ts';
import { mergePatch } from './merge-patch.ts';
import { PatchFormatError, strategicMerge } from './strategic-merge.ts';

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC_PATCH = 'application/strategic-merge-patch+json';
const APPLY_PATCH = 'application/apply-patch+yaml';

/**
 * Applies the body of a PATCH.
 * @param contentType parameters are ignored.
 * @param original is not changed.
 * @returns what came of it, unchecked: hand it to checkObject, which also tells unknown fields.
 * @throws ApiError UnsupportedMediaType; BadRequest for a body that is no such patch; Invalid when a JSON patch does not apply;
 *   RequestEntityTooLarge for more than 10,000 operations.
 */
export function applyPatch(
  contentType: string | undefined,
  original: KubeObject,
  patchBody: Uint8Array,
  gvk: GroupVersionKind,
): unknown {
  const schema = schemaOf(gvk);
  assertPatchType(contentType, gvk);
  switch (mediaType(contentType)) {
    case JSON_PATCH:
      return jsonPatch(original, readPatch(patchBody));
    case STRATEGIC_PATCH:
      if (schema) return strategic(original, readObject(patchBody), schema);
  }
  return mergePatch(original, readObject(patchBody));
}

/** To be asked before there is an object to patch. @throws ApiError UnsupportedMediaType, with what is served instead. */
export function assertPatchType(contentType: string | undefined, gvk: GroupVersionKind): void {
  const type = mediaType(contentType);
  if (type === APPLY_PATCH) {
    throw new ApiError(
      'UnsupportedMediaType',
      'server-side apply is not served yet: use client-side apply (kubectl apply without --server-side)',
    );
  }
  const accepted = [JSON_PATCH, MERGE_PATCH, ...(schemaOf(gvk) ? [STRATEGIC_PATCH] : [])];
  if (type && accepted.includes(type)) return;
  throw new ApiError(
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );
}

function mediaType(contentType: string | undefined): string | undefined {
  return contentType?.split(';')[0]?.trim().toLowerCase();
}

function strategic(original: KubeObject, patch: Record<string, unknown>, schema: ObjectSchema): unknown {
  try {
    return strategicMerge({ ...original }, patch, { is: 'object', object: schema });
  } catch (err) {
    if (err instanceof PatchFormatError) throw badRequest(err.message, { cause: err });
    throw err;
  }
}

function readPatch(body: Uint8Array): unknown {
  try {
    return plain(parseJson(body).value);
  } catch (err) {
    if (!(err instanceof JsonSyntaxError || err instanceof WrongValue)) throw err;
    throw badRequest(`error decoding patch: ${err.message}`, { cause: err });
  }
}

function readObject(body: Uint8Array): Record<string, unknown> {
  const patch = readPatch(body);
  if (!isObject(patch)) throw badRequest('error decoding patch: Invalid JSON Patch: a patch must be a JSON object');
  return patch;
}
