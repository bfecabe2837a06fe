import { allocatableOf, type Resources } from '../../api/kinds/pod/requests.ts';
import type { Labels } from '../../api/meta/labels.ts';
import type { Node } from '../../api/types.ts';
import { normalizedImage } from '../../lib/images/reference.ts';
import type { PodInfo } from './pod-info.ts';

/**
 * A node and the pods that hold something on it, bound or about to be. The sums over its pods are kept while pods come and
 * go: adding them up for every decision is what would make a thousand nodes slow.
 */
export class NodeInfo {
  #node: Node;
  #allocatable: Resources;
  /** Bytes of each image that is on the node, by its full name. */
  #images: ReadonlyMap<string, number>;
  readonly #pods = new Map<string, PodInfo>();
  readonly #withAffinity = new Set<PodInfo>();
  readonly #requested: Record<string, number> = {};
  readonly #compared: Record<string, number> = {};

  constructor(node: Node, pods: Iterable<PodInfo> = []) {
    this.#node = node;
    this.#allocatable = allocatableOf(node);
    this.#images = imagesOf(node);
    for (const pod of pods) this.add(pod);
  }

  get node(): Node {
    return this.#node;
  }

  get name(): string {
    return this.#node.metadata.name;
  }

  get labels(): Labels {
    return this.#node.metadata.labels ?? {};
  }

  get allocatable(): Resources {
    return this.#allocatable;
  }

  get images(): ReadonlyMap<string, number> {
    return this.#images;
  }

  get pods(): ReadonlyMap<string, PodInfo> {
    return this.#pods;
  }

  /** Those of its pods that have any pod affinity or anti-affinity of their own. */
  get podsWithAffinity(): ReadonlySet<PodInfo> {
    return this.#withAffinity;
  }

  /** What its pods ask for together. */
  get requested(): Resources {
    return this.#requested;
  }

  /** As `requested`, of what pods are compared by. */
  get compared(): Resources {
    return this.#compared;
  }

  replaceNode(node: Node): void {
    const before = this.#node;
    this.#node = node;
    if (before.status?.allocatable !== node.status?.allocatable) this.#allocatable = allocatableOf(node);
    if (before.status?.images !== node.status?.images) this.#images = imagesOf(node);
  }

  add(pod: PodInfo): void {
    this.remove(pod.uid);
    this.#pods.set(pod.uid, pod);
    if (hasAffinity(pod)) this.#withAffinity.add(pod);
    addTo(this.#requested, pod.requests, 1);
    addTo(this.#compared, pod.compared, 1);
  }

  remove(uid: string): void {
    const pod = this.#pods.get(uid);
    if (!pod) return;
    this.#pods.delete(uid);
    this.#withAffinity.delete(pod);
    addTo(this.#requested, pod.requests, -1);
    addTo(this.#compared, pod.compared, -1);
  }

  /** A copy to try things on. */
  copy(): NodeInfo {
    return new NodeInfo(this.#node, this.#pods.values());
  }

  /** A copy with more pods. */
  with(pods: Iterable<PodInfo>): NodeInfo {
    const copy = this.copy();
    for (const pod of pods) copy.add(pod);
    return copy;
  }
}

function hasAffinity({ affinity, antiAffinity }: PodInfo): boolean {
  return [affinity, antiAffinity].some(({ required, preferred }) => required.length + preferred.length > 0);
}

function addTo(sums: Record<string, number>, amounts: Resources, sign: 1 | -1): void {
  for (const name in amounts) sums[name] = (sums[name] ?? 0) + sign * (amounts[name] ?? 0);
}

function imagesOf({ status }: Node): ReadonlyMap<string, number> {
  const list = status?.images ?? [];
  return new Map(
    list.flatMap(({ names = [], sizeBytes = 0 }) => names.map((name) => [normalizedImage(name), sizeBytes] as const)),
  );
}
