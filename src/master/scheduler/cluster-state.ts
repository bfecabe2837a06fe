import type { Labels, Selector } from '../../api/meta/labels.ts';
import type { Node, Pod } from '../../api/types.ts';
import type { ClusterView } from './framework.ts';
import { NodeInfo } from './node-info.ts';
import { architectureOf } from './plugins/image-platform.ts';
import { isFinished, type PodInfo, podInfo } from './pod-info.ts';
import type { StorageView } from './volumes/storage-view.ts';

/** What the view takes from elsewhere. */
export interface Surroundings {
  namespaceLabels(namespace: string): Labels;
  kinSelector(pod: Pod): Selector | undefined;
  architecturesOf(image: string): readonly string[] | undefined;
  readonly storage: StorageView;
}

const USUAL_ARCHITECTURE = 'amd64';

interface Placed {
  readonly info: PodInfo;
  readonly node: string;
}

/** The nodes with the pods on them, kept current change by change. */
export class ClusterState implements ClusterView {
  readonly #surroundings: Surroundings;
  readonly #nodes = new Map<string, NodeInfo>();
  /** In the order of their names; made when asked for. */
  #sorted: readonly NodeInfo[] | undefined;
  /** Pods that hold something on a node, by uid; the node may be unknown yet. */
  readonly #placed = new Map<string, Placed>();
  /** Of those, the ones whose binding nobody has confirmed. */
  readonly #assumed = new Set<string>();
  readonly #nominated = new Map<string, Placed>();
  /** Names of the nodes that are not amd64. */
  readonly #unusual = new Set<string>();
  readonly #imageHolders = new Map<string, number>();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  get nodes(): readonly NodeInfo[] {
    this.#sorted ??= [...this.#nodes.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return this.#sorted;
  }

  node(name: string): NodeInfo | undefined {
    return this.#nodes.get(name);
  }

  nominatedTo(node: string): readonly PodInfo[] {
    if (this.#nominated.size === 0) return [];
    return [...this.#nominated.values()].filter((nominated) => nominated.node === node).map(({ info }) => info);
  }

  /** The node that this pod waits for. */
  nominationOf(uid: string): string | undefined {
    return this.#nominated.get(uid)?.node;
  }

  namespaceLabels(namespace: string): Labels {
    return this.#surroundings.namespaceLabels(namespace);
  }

  kinSelector(pod: Pod): Selector | undefined {
    return this.#surroundings.kinSelector(pod);
  }

  architecturesOf(image: string): readonly string[] | undefined {
    return this.#surroundings.architecturesOf(image);
  }

  get storage(): StorageView {
    return this.#surroundings.storage;
  }

  holdersOf(image: string): number {
    return this.#imageHolders.get(image) ?? 0;
  }

  /**
   * Whether it matters what an image was built for: everything is built for amd64, so that on a cluster of nothing else no
   * registry need be asked; nor about an image that is on every node.
   */
  mayLackPlatform(image: string): boolean {
    if (this.holdersOf(image) >= this.#nodes.size) return false;
    return this.#unusual.size > 0;
  }

  setNode(node: Node): void {
    if ((architectureOf(node) ?? USUAL_ARCHITECTURE) === USUAL_ARCHITECTURE) this.#unusual.delete(node.metadata.name);
    else this.#unusual.add(node.metadata.name);
    const known = this.#nodes.get(node.metadata.name);
    if (known) {
      const before = known.images;
      known.replaceNode(node);
      if (known.images !== before) this.#recountImages(before, known.images);
      return;
    }
    const pods = [...this.#placed.values()].filter((placed) => placed.node === node.metadata.name);
    const info = new NodeInfo(
      node,
      pods.map((placed) => placed.info),
    );
    this.#nodes.set(info.name, info);
    this.#sorted = undefined;
    this.#recountImages(new Map(), info.images);
  }

  removeNode(name: string): void {
    const known = this.#nodes.get(name);
    if (!known) return;
    this.#nodes.delete(name);
    this.#unusual.delete(name);
    this.#sorted = undefined;
    this.#recountImages(known.images, new Map());
  }

  /** Takes a pod as it is now: on its node, or nowhere. What was assumed of it holds until it is bound. */
  setPod(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    const node = pod.spec.nodeName;
    if (isFinished(pod)) this.removePod(uid);
    else if (node) {
      this.#assumed.delete(uid);
      this.#nominated.delete(uid);
      this.#place({ info: this.#infoOf(pod), node });
    }
  }

  removePod(uid: string): void {
    this.#assumed.delete(uid);
    this.#nominated.delete(uid);
    this.#lift(uid);
  }

  isAssumed(uid: string): boolean {
    return this.#assumed.has(uid);
  }

  /** Counts the pod on the node from now on: the next decision is made before this one is written. */
  assume(info: PodInfo, node: string): void {
    this.#nominated.delete(info.uid);
    this.#assumed.add(info.uid);
    this.#place({ info, node });
  }

  /** The binding came to nothing. */
  forget(uid: string): void {
    if (this.#assumed.delete(uid)) this.#lift(uid);
  }

  /** Keeps room on a node for a pod that waits for others to leave it. @param node undefined: not any more. */
  nominate(info: PodInfo, node: string | undefined): void {
    if (node) this.#nominated.set(info.uid, { info, node });
    else this.#nominated.delete(info.uid);
  }

  #place(placed: Placed): void {
    this.#lift(placed.info.uid);
    this.#placed.set(placed.info.uid, placed);
    this.#nodes.get(placed.node)?.add(placed.info);
  }

  #lift(uid: string): void {
    const placed = this.#placed.get(uid);
    if (!placed) return;
    this.#placed.delete(uid);
    this.#nodes.get(placed.node)?.remove(uid);
  }

  /** Most changes of a pod are of its status, which costs nothing here. */
  #infoOf(pod: Pod): PodInfo {
    const known = this.#placed.get(pod.metadata.uid ?? '')?.info;
    const isSameSpec = known && known.pod.metadata.generation === pod.metadata.generation;
    return isSameSpec ? { ...known, pod } : podInfo(pod);
  }

  #recountImages(before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): void {
    for (const image of before.keys()) this.#imageHolders.set(image, this.holdersOf(image) - 1);
    for (const image of now.keys()) this.#imageHolders.set(image, this.holdersOf(image) + 1);
    for (const image of before.keys()) if (this.holdersOf(image) <= 0) this.#imageHolders.delete(image);
  }
}
