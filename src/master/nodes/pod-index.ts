import { POD } from '../../api/kinds/pod.ts';
import type { Pod } from '../../api/types.ts';
import type { Change, ObjectCache } from '../resource-client.ts';

/** The pods of each node, so that a change of one pod does not cost a look at all of them. */
export class PodIndex {
  readonly #byNode = new Map<string, Map<string, Pod>>();

  /** @param onChange the name of a node whose pods changed. @returns ends it. */
  follow(cache: ObjectCache, onChange: (nodeName: string) => void): () => void {
    return cache.subscribe(POD, (change) => {
      for (const nodeName of this.#apply(change)) onChange(nodeName);
    });
  }

  /** In the order they were bound. */
  podsOf(nodeName: string): readonly Pod[] {
    return [...(this.#byNode.get(nodeName)?.values() ?? [])];
  }

  pod(nodeName: string, uid: string): Pod | undefined {
    return this.#byNode.get(nodeName)?.get(uid);
  }

  #apply(change: Change<Pod>): string[] {
    const { object } = change;
    const uid = object.metadata.uid ?? '';
    const nodeName = object.spec.nodeName;
    if (!nodeName) return [];
    if (change.type === 'deleted') {
      const pods = this.#byNode.get(nodeName);
      pods?.delete(uid);
      if (pods?.size === 0) this.#byNode.delete(nodeName);
      return [nodeName];
    }
    const pods = this.#byNode.get(nodeName) ?? new Map<string, Pod>();
    this.#byNode.set(nodeName, pods.set(uid, object));
    return [nodeName];
  }
}
