import { PERSISTENT_VOLUME_CLAIM } from '../../api/kinds/persistent-volume-claim.ts';
import { SELECTED_NODE } from '../../api/kinds/storage/names.ts';
import { keyOf } from '../../api/registry.ts';
import type { Pod } from '../../api/types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { ObjectCache, ResourceClient } from '../resource-client.ts';
import { type StorageView, unboundClaims } from './plugins/volume-binding.ts';

/** A binding holds one of few places: a volume that takes longer is waited for in the queue. */
const WAIT_MS = 30_000;

/** Has the volumes made that a pod with a node still lacks. */
export class ClaimBinder {
  readonly #parts: { readonly client: ResourceClient; readonly cache: ObjectCache; readonly clock: Clock };
  readonly #storage: StorageView;

  constructor(parts: { client: ResourceClient; cache: ObjectCache; clock: Clock }, storage: StorageView) {
    this.#parts = parts;
    this.#storage = storage;
  }

  /** @throws Error when they are not there in time: the pod is tried again. */
  async bind(pod: Pod, node: string): Promise<void> {
    const { client } = this.#parts;
    for (const claim of unboundClaims(pod, this.#storage)) {
      if (claim.metadata.annotations?.[SELECTED_NODE] === node) continue;
      const annotations = { ...claim.metadata.annotations, [SELECTED_NODE]: node };
      await client.update(PERSISTENT_VOLUME_CLAIM, { ...claim, metadata: { ...claim.metadata, annotations } });
    }
    await this.#untilBound(pod);
  }

  async #untilBound(pod: Pod): Promise<void> {
    const { cache, clock } = this.#parts;
    if (unboundClaims(pod, this.#storage).length === 0) return;
    const done = Promise.withResolvers<void>();
    const cancel = clock.after(WAIT_MS, () =>
      done.reject(new Error('binding volumes: timed out waiting for the condition')),
    );
    const end = cache.subscribe(PERSISTENT_VOLUME_CLAIM, ({ object }) => {
      const isOurs = keyOf(object).namespace === (pod.metadata.namespace ?? '');
      if (isOurs && unboundClaims(pod, this.#storage).length === 0) done.resolve();
    });
    try {
      await done.promise;
    } finally {
      end();
      cancel();
    }
  }
}
