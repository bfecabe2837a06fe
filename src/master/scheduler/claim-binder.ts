import { PERSISTENT_VOLUME } from '../../api/kinds/persistent-volume.ts';
import { PERSISTENT_VOLUME_CLAIM } from '../../api/kinds/persistent-volume-claim.ts';
import { heldFor } from '../../api/kinds/storage/match.ts';
import { isReachableFrom } from '../../api/kinds/storage/node-of-volume.ts';
import { keyOf } from '../../api/registry.ts';
import type { Node, Pod } from '../../api/types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { ObjectCache, ResourceClient } from '../resource-client.ts';
import { boundVolumes, unboundClaims } from './plugins/volume-binding.ts';
import { openClaims, planVolumes, toldNode, type VolumePlan } from './volumes/plan.ts';
import type { PromisedStorage } from './volumes/promised-storage.ts';

/** A binding holds one of few places: a volume that takes longer is waited for in the queue. */
const WAIT_MS = 30_000;

export interface ClaimBinderParts {
  readonly client: ResourceClient;
  readonly cache: ObjectCache;
  readonly clock: Clock;
}

/** Gets a pod with a node the volumes that it still lacks. Source: kube-scheduler, volumebinding, Reserve and PreBind. */
export class ClaimBinder {
  readonly #parts: ClaimBinderParts;
  readonly #storage: PromisedStorage;
  /** By the pod's uid, from promise to bind. */
  readonly #plans = new Map<string, { readonly plan: VolumePlan; readonly node: Node }>();

  constructor(parts: ClaimBinderParts, storage: PromisedStorage) {
    this.#parts = parts;
    this.#storage = storage;
  }

  /** Keeps for a pod what it is to have on a node, before another pod is decided on. Ended by `bind`. @throws Error when it can't have it */
  promise(pod: Pod, node: Node): void {
    const { uid = '' } = pod.metadata;
    const unbound = unboundClaims(pod, this.#storage);
    if (unbound.length === 0) return;
    const plan = planVolumes(openClaims(unbound, this.#storage), node, this.#storage.volumes());
    if (!plan) throw new Error(`the volumes of a pod are not to be had on node "${node.metadata.name}"`);
    this.#storage.promise(uid, plan, node.metadata.name);
    this.#plans.set(uid, { plan, node });
  }

  /**
   * Writes what was promised, as the volumes and claims were then, and waits until the claims are bound.
   * @throws Error when somebody else was faster, or they are not bound in time: the pod is tried again.
   */
  async bind(pod: Pod): Promise<void> {
    const { uid = '' } = pod.metadata;
    const promised = this.#plans.get(uid);
    try {
      if (promised) await this.#perform(pod, promised);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`running PreBind plugin "VolumeBinding": ${why}`, { cause });
    } finally {
      this.#plans.delete(uid);
      this.#storage.takeBack(uid);
    }
  }

  async #perform(pod: Pod, { plan, node }: { readonly plan: VolumePlan; readonly node: Node }): Promise<void> {
    const { client } = this.#parts;
    for (const { volume, claim } of plan.takes) await client.update(PERSISTENT_VOLUME, heldFor(volume, claim));
    for (const claim of plan.makes) await client.update(PERSISTENT_VOLUME_CLAIM, toldNode(claim, node.metadata.name));
    await this.#untilBound(pod);
    const far = boundVolumes(pod, this.#storage).find((volume) => volume && !isReachableFrom(volume, node));
    if (far) throw new Error(`pv "${far.metadata.name}" node affinity doesn't match node "${node.metadata.name}"`);
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
