import { applyScale, SCALE, scaleOf } from '../../../api/kinds/scale.ts';
import { invalid } from '../../../api/meta/errors.ts';
import type { KindDefinition, ObjectKey, ScaleMapping } from '../../../api/registry.ts';
import type { KubeObject, Scale } from '../../../api/types.ts';
import type { EngineDeps, WriteContext } from './engine-deps.ts';
import { getObject } from './get.ts';
import { type PatchBody, patched } from './patch.ts';
import { updateObject } from './update.ts';

/** A kind that has `/scale`. */
export type ScalableKind = KindDefinition & { readonly scale: ScaleMapping };

export function isScalable(kind: KindDefinition): kind is ScalableKind {
  return kind.scale !== undefined;
}

/** @throws ApiError NotFound. */
export async function getScale(deps: EngineDeps, kind: ScalableKind, key: ObjectKey): Promise<Scale> {
  return scaleOf(await getObject(deps, kind, key), kind.scale);
}

export interface ScaleUpdateRequest extends WriteContext {
  readonly key: ObjectKey;
  /** Makes the Scale that is wanted out of the one there is; called again after a lost race. */
  change(current: Scale): KubeObject;
}

/**
 * Changes how many replicas an object wants, through all that an update of it goes through. A resourceVersion of the Scale
 * is one of the object.
 * @returns the Scale of the object as stored.
 * @throws ApiError NotFound, Conflict, Invalid (in the Scale's name when the number is wrong by itself), and what admission throws.
 */
export async function updateScale(deps: EngineDeps, kind: ScalableKind, request: ScaleUpdateRequest): Promise<Scale> {
  const stored = await updateObject(deps, kind, {
    ...request,
    subresource: 'scale',
    change: (current) => {
      const wanted: Scale = request.change(scaleOf(current, kind.scale));
      assertValid(wanted);
      applyScale(current, wanted, kind.scale);
      return current;
    },
  });
  return scaleOf(stored, kind.scale);
}

/** The same with a patch, which is one of the Scale and not of the object. @throws ApiError as patchObject and updateScale do. */
export function patchScale(
  deps: EngineDeps,
  kind: ScalableKind,
  request: PatchBody & { readonly key: ObjectKey },
): Promise<Scale> {
  return updateScale(deps, kind, { ...request, change: (current) => patched(current, SCALE, request) });
}

/** Name and namespace are judged with the object; here is what only a Scale has. */
function assertValid(scale: Scale): void {
  scale.metadata ??= { name: '' };
  const causes = SCALE.strategy.validate(scale);
  if (causes.length > 0) throw invalid(SCALE, scale.metadata.name, causes);
}
