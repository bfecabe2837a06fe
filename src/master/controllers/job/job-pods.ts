import { POD } from '../../../api/kinds/pod.ts';
import { keyOf, keyText, type ObjectKey } from '../../../api/registry.ts';
import type { Pod } from '../../../api/types.ts';
import type { ObjectCache } from '../../resource-client.ts';
import { controllerOf } from '../workload/owner.ts';

/**
 * The pods of every Job, found without looking at those of all others: what thousands of finished Jobs leave behind makes a pass
 * over a new one no longer.
 */
export class JobPods {
  readonly #byOwner = new Map<string, Map<string, Pod>>();

  constructor(cache: ObjectCache) {
    cache.subscribe(POD, (change) => {
      if (change.type === 'modified') this.#forget(change.previous);
      if (change.type === 'deleted') this.#forget(change.object);
      else this.#remember(change.object);
    });
  }

  /** Of the Job of that name, whichever it was: those of an earlier namesake are among them. */
  ofJob(key: ObjectKey): Pod[] {
    return [...(this.#byOwner.get(`job/${keyText(key)}`)?.values() ?? [])];
  }

  /** Of a namespace, and of nobody. */
  ofNobody(namespace: string): Pod[] {
    return [...(this.#byOwner.get(`nobody/${namespace}`)?.values() ?? [])];
  }

  #remember(pod: Pod): void {
    const owner = ownerKey(pod);
    if (!owner) return;
    const pods = this.#byOwner.get(owner) ?? new Map<string, Pod>();
    pods.set(keyText(keyOf(pod)), pod);
    this.#byOwner.set(owner, pods);
  }

  #forget(pod: Pod): void {
    const owner = ownerKey(pod);
    const pods = owner && this.#byOwner.get(owner);
    if (!pods) return;
    pods.delete(keyText(keyOf(pod)));
    if (pods.size === 0) this.#byOwner.delete(owner);
  }
}

function ownerKey(pod: Pod): string | undefined {
  const { namespace = '' } = pod.metadata;
  const owner = controllerOf(pod);
  if (!owner) return `nobody/${namespace}`;
  return owner.kind === 'Job' ? `job/${keyText({ namespace, name: owner.name })}` : undefined;
}
