import type { KindDefinition, ObjectKey } from '../../../api/registry.ts';
import type { KubeObject } from '../../../api/types.ts';
import type { EngineDeps } from './engine-deps.ts';
import { waitForRevision } from './resource-version.ts';
import { requireCurrent } from './stored.ts';

/**
 * One object as it is now, which is never older than any revision a client can name.
 * @param resourceVersion `''`, or what the answer must not be older than.
 * @throws ApiError NotFound; Timeout for a resourceVersion that is not reached.
 */
export async function getObject(
  deps: EngineDeps,
  kind: KindDefinition,
  key: ObjectKey,
  resourceVersion = '',
): Promise<KubeObject> {
  await waitForRevision(deps, resourceVersion);
  return (await requireCurrent(deps.store, kind, key)).object;
}
