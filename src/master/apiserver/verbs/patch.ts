import { checkObject } from '../../../api/codec/decode.ts';
import { badRequest, invalid } from '../../../api/meta/errors.ts';
import { invalid as invalidField } from '../../../api/meta/field-errors.ts';
import { applyPatch, assertPatchType } from '../../../api/patch/apply.ts';
import type { KindDefinition, ObjectKey } from '../../../api/registry.ts';
import type { GroupVersionKind } from '../../../api/schema/schema.ts';
import type { KubeObject } from '../../../api/types.ts';
import type { EngineDeps, WriteContext } from './engine-deps.ts';
import { type FieldValidation, reportUnknownFields } from './field-validation.ts';
import { type UpdateSubresource, updateObject } from './update.ts';

/** A patch as it came. */
export interface PatchBody extends WriteContext {
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly fieldValidation: FieldValidation;
}

export interface PatchRequest extends PatchBody {
  readonly key: ObjectKey;
  readonly subresource: UpdateSubresource;
}

/**
 * Applies a patch to what stands there; tried anew after a lost race, unless the patch sets metadata.resourceVersion.
 * @throws ApiError NotFound, Conflict, Invalid, BadRequest, UnsupportedMediaType, and what admission throws.
 */
export async function patchObject(deps: EngineDeps, kind: KindDefinition, request: PatchRequest): Promise<KubeObject> {
  assertPatchType(request.contentType, kind);
  return updateObject(deps, kind, { ...request, change: (current) => patched(current, kind, request) });
}

/** What a patch makes of `current`, of kind `gvk`. @throws ApiError Invalid, BadRequest, UnsupportedMediaType. */
export function patched(current: KubeObject, gvk: GroupVersionKind, request: PatchBody): KubeObject {
  const { object, strictErrors } = checkObject(applyPatch(request.contentType, current, request.body, gvk), gvk);
  reportUnknownFields(strictErrors, request.fieldValidation, request, (text) => {
    const shown = Buffer.from(request.body).toString();
    return invalid({ group: '', kind: '' }, '', [invalidField('patch', shown, text)]);
  });
  if (!object.metadata) throw badRequest('metadata: the patch removes what an object cannot do without');
  return object;
}
