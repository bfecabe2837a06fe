import { ApiError } from '../../../api/meta/errors.ts';
import { type KindDefinition, keyOf, keyText } from '../../../api/registry.ts';
import type { OwnerReference } from '../../../api/types.ts';
import type { Part } from '../../../lib/lifecycle.ts';
import { Workqueue } from '../../../lib/workqueue.ts';
import type { ControllerParts } from '../controller.ts';
import { ignoring } from '../ignore-errors.ts';
import { type GraphNode, OwnershipGraph, uidOf } from './graph.ts';
import { type Action, plan } from './plan.ts';

const COMPONENT = 'garbage-collector-controller';
/** A newer object than ours is on its way, or the cache has lost its watch and lists again. */
const RETRY_MS = 100;
/** Deletions that are under way together share the disk's syncs. */
const CONCURRENCY = 16;

/** Deletes what no living owner owns any more, and does what foreground deletion and orphaning ask for. */
export class GarbageCollector implements Part {
  readonly name = COMPONENT;
  readonly #parts: ControllerParts;
  readonly #kinds: readonly KindDefinition[];
  readonly #graph: OwnershipGraph;
  /** By uid: names are given again. */
  readonly #queue: Workqueue;
  #unsubscribe: (() => void)[] = [];

  /** @param kinds all that are served and cached */
  constructor(parts: ControllerParts, kinds: readonly KindDefinition[]) {
    const { clock, log } = parts;
    this.#parts = parts;
    this.#kinds = kinds;
    this.#graph = new OwnershipGraph(kinds);
    const options = { name: this.name, clock, log, concurrency: CONCURRENCY };
    this.#queue = new Workqueue(options, (uid, signal) => this.#reconcile(uid, signal));
  }

  start(): void {
    this.#unsubscribe = this.#kinds.map((kind) =>
      this.#parts.cache.subscribe(kind, (change) => {
        for (const uid of this.#graph.apply(kind, change)) this.#queue.add(uid);
      }),
    );
    // Only now: half a graph lacks owners.
    this.#queue.start();
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    await this.#queue.stop();
  }

  async #reconcile(uid: string, signal: AbortSignal): Promise<void> {
    for (const action of plan(this.#graph, uid)) {
      signal.throwIfAborted();
      if (!(await this.#perform(action))) this.#queue.addAfter(uid, RETRY_MS);
    }
  }

  /** @returns false when what it was planned from has changed. */
  async #perform(action: Action): Promise<boolean> {
    switch (action.do) {
      case 'delete':
        return this.#unless(action, () => this.#delete(action.node, action.policy));
      case 'setOwners': {
        const { owners } = action;
        return this.#unless(action, () => this.#update(action.node, { ownerReferences: [...owners] }));
      }
      case 'removeFinalizer': {
        const finalizers = action.node.object.metadata.finalizers ?? [];
        const left = finalizers.filter((finalizer) => finalizer !== action.finalizer);
        return this.#update(action.node, { finalizers: left });
      }
      case 'report':
        this.#report(action.node, action.owner);
        return true;
    }
  }

  /** What the cache does not show is looked up once more before anything is lost over it. */
  async #unless(
    { node, absent }: { readonly node: GraphNode; readonly absent: readonly OwnerReference[] },
    act: () => Promise<boolean>,
  ): Promise<boolean> {
    for (const owner of absent) if (await this.#exists(node, owner)) return false;
    return act();
  }

  async #exists({ object }: GraphNode, { apiVersion, kind, name, uid }: OwnerReference): Promise<boolean> {
    const definition = this.#graph.kindOf({ apiVersion, kind, name, uid });
    if (!definition) return true;
    const namespace = definition.namespaced ? (object.metadata.namespace ?? '') : '';
    try {
      return uidOf(await this.#parts.client.get(definition, { namespace, name })) === uid;
    } catch (error) {
      if (error instanceof ApiError && error.reason === 'NotFound') return false;
      throw error;
    }
  }

  async #delete({ kind, object }: GraphNode, policy: (Action & { do: 'delete' })['policy']): Promise<boolean> {
    const { client, log } = this.#parts;
    const { uid, resourceVersion } = object.metadata;
    // As it was when it had no owner: somebody may be adopting it.
    const preconditions = { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) };
    log.info({ kind: kind.kind, object: keyText(keyOf(object)), policy }, 'deleting what no owner is left for');
    return isNotConflict(client.delete(kind, keyOf(object), { propagationPolicy: policy, preconditions }));
  }

  async #update({ kind, object }: GraphNode, change: Partial<GraphNode['object']['metadata']>): Promise<boolean> {
    const metadata = { ...object.metadata, ...change };
    if (metadata.ownerReferences?.length === 0) delete metadata.ownerReferences;
    if (metadata.finalizers?.length === 0) delete metadata.finalizers;
    return isNotConflict(this.#parts.client.update(kind, { ...object, metadata }));
  }

  #report({ object }: GraphNode, { apiVersion, kind, name, uid }: OwnerReference): void {
    const namespace = object.metadata.namespace ?? '';
    const owner = `[${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}]`;
    this.#parts.events.record(object, {
      type: 'Warning',
      reason: 'OwnerRefInvalidNamespace',
      message: `ownerRef ${owner} does not exist in namespace "${namespace}"`,
      component: COMPONENT,
    });
  }
}

/** Awaits a write to something that may be gone by now. @returns false when it has changed since it was looked at */
async function isNotConflict(write: Promise<unknown>): Promise<boolean> {
  try {
    await ignoring(['NotFound'], write);
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'Conflict') return false;
    throw error;
  }
}
