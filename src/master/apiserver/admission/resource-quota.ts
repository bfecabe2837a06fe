import { RESOURCE_QUOTA } from '../../../api/kinds/resource-quota.ts';
import { forbidden } from '../../../api/meta/errors.ts';
import type { KindDefinition } from '../../../api/registry.ts';
import type { KubeObject, ResourceQuota } from '../../../api/types.ts';
import type { Clock } from '../../../lib/clock.ts';
import { type Amounts, addAmounts, excessOf } from '../../quota/amounts.ts';
import { isAbout, limitedOf, usedOf, whatIsMissing, whyExceeded } from '../../quota/judge.ts';
import { Usages, usageOf } from '../../quota/usage.ts';
import type { ObjectCache } from '../../resource-client.ts';
import type { AdmissionPlugin, AdmissionRequest } from './chain.ts';

export interface ResourceQuotaParts {
  readonly cache: ObjectCache;
  /** All kinds in the cache: what quotas may count. */
  readonly kinds: readonly KindDefinition[];
  readonly clock: Clock;
}

/** What a write that is not stored yet will use. */
interface Charge {
  readonly request: AdmissionRequest;
  readonly usage: Amounts;
}

/**
 * Holds namespaces to their quotas. What is used is counted from what is stored, each time; what other writes on their way to
 * the disk will use is added. Counting and charging happen in one turn, so that no two writes can both take the last place,
 * and nobody waits for another one's write.
 */
export class ResourceQuotaAdmission implements AdmissionPlugin {
  readonly name = 'ResourceQuota';
  readonly #parts: ResourceQuotaParts;
  readonly #usages = new Usages();
  readonly #pending = new Map<AdmissionRequest, Charge>();

  constructor(parts: ResourceQuotaParts) {
    this.#parts = parts;
  }

  /** A charge ends with its write, whatever became of it. */
  async around<T>(request: AdmissionRequest, proceed: () => Promise<T>): Promise<T> {
    try {
      return await proceed();
    } finally {
      this.#pending.delete(request);
    }
  }

  /** @throws ApiError Forbidden. */
  validate(request: AdmissionRequest): void {
    const { kind, key, object, old, operation, subresource } = request;
    if (subresource !== '' || !kind.namespaced || operation === 'DELETE') return;
    // Of what a pod uses, no update changes anything.
    if (operation === 'UPDATE' && !CHANGES_USAGE.has(kind.plural)) return;
    const quotas = this.#parts.cache.list(RESOURCE_QUOTA, key.namespace);
    const mine = quotas.filter((quota) => isAbout(quota, kind, object));
    if (mine.length === 0) return;
    const refuse = (why: string) => forbidden(kind, object.metadata.name, why);
    for (const quota of mine) {
      const missing = whatIsMissing(quota, kind, object);
      if (missing) throw refuse(`failed quota: ${quota.metadata.name}: ${missing}`);
    }
    const now = this.#parts.clock.now();
    const before: Amounts = old ? usageOf(kind, old, now) : new Map();
    const usage = excessOf(usageOf(kind, object, now), before);
    for (const quota of mine) {
      const exceeded = whyExceeded(quota, this.#used(quota, key.namespace), usage);
      if (exceeded) throw refuse(exceeded);
    }
    if (!request.dryRun) this.#pending.set(request, { request, usage });
  }

  #used(quota: ResourceQuota, namespace: string): Amounts {
    const { cache, kinds, clock } = this.#parts;
    const all = kinds
      .filter((kind) => limitedOf(quota, kind).length > 0)
      .map((kind) => ({ kind, objects: cache.list(kind, namespace) }));
    const stored = usedOf(quota, all, clock.now(), this.#usages);
    const coming = [...this.#pending.values()].filter(
      ({ request }) =>
        request.key.namespace === namespace && isAbout(quota, request.kind, request.object) && !this.#isStored(request),
    );
    return coming.reduce((sum, { usage }) => addAmounts(sum, usage), stored);
  }

  /** The cache shows a write a moment before its charge ends: it must not count twice. */
  #isStored({ kind, object, old }: AdmissionRequest): boolean {
    const { namespace = '', name, uid } = object.metadata;
    const there: KubeObject | undefined = this.#parts.cache.get(kind, { namespace, name });
    if (!there) return false;
    return old ? there.metadata.resourceVersion !== old.metadata.resourceVersion : there.metadata.uid === uid;
  }
}

/** Kinds of which an update may use more than before. */
const CHANGES_USAGE = new Set(['services', 'persistentvolumeclaims']);
