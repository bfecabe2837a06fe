import { ApiError } from '../../../api/meta/errors.ts';
import type { KindDefinition } from '../../../api/registry.ts';
import type { DeleteOptions } from '../../resource-client.ts';
import { deleteObject } from './delete.ts';
import type { EngineDeps, WriteContext } from './engine-deps.ts';
import { type ListRequest, listObjects, type ObjectList } from './list.ts';

export interface DeleteCollectionRequest extends WriteContext {
  readonly list: ListRequest;
  readonly options: DeleteOptions;
}

/** So many deletions wait for the disk together: they share one fsync. */
const CONCURRENCY = 32;

/** Deletes all that the list shows, each on its own. @returns that list. @throws what the first failing deletion throws. */
export async function deleteCollection(
  deps: EngineDeps,
  kind: KindDefinition,
  request: DeleteCollectionRequest,
): Promise<ObjectList> {
  const list = await listObjects(deps, kind, request.list);
  for (let i = 0; i < list.items.length; i += CONCURRENCY) {
    const batch = list.items.slice(i, i + CONCURRENCY);
    await Promise.all(
      batch.map(async ({ metadata }) => {
        const key = { namespace: metadata.namespace ?? '', name: metadata.name };
        try {
          await deleteObject(deps, kind, { ...request, key });
        } catch (error) {
          // Somebody else was first, which is what we wanted.
          if (!(error instanceof ApiError) || error.reason !== 'NotFound') throw error;
        }
      }),
    );
  }
  return list;
}
