import { isDeepStrictEqual } from 'node:util';
import { NAMESPACE } from '../../api/kinds/namespace.ts';
import { NODE } from '../../api/kinds/node.ts';
import { PERSISTENT_VOLUME } from '../../api/kinds/persistent-volume.ts';
import { PERSISTENT_VOLUME_CLAIM } from '../../api/kinds/persistent-volume-claim.ts';
import { POD } from '../../api/kinds/pod.ts';
import { STORAGE_CLASS } from '../../api/kinds/storage-class.ts';
import type { KubeObject, Namespace, Node, Pod } from '../../api/types.ts';
import type { Change, ObjectCache } from '../resource-client.ts';
import type { ClusterState } from './cluster-state.ts';
import { isFinished, podInfo } from './pod-info.ts';
import { type ClusterEvent, nodeEvents } from './queue/cluster-events.ts';

/** Who hears what a change means for pods that wait. */
export interface WaitingPods {
  /** A pod that waits for a node. @param isWorthTrying unless only its status changed */
  waits(pod: Pod, isWorthTrying: boolean): void;
  /** It has a node, is gone, or is not ours to schedule. */
  waitsNoMore(uid: string): void;
  happened(event: ClusterEvent): void;
}

/** Keeps the state of the cluster current, and tells which of the pods that wait that may help. */
export class ClusterWatcher {
  readonly #state: ClusterState;
  readonly #pods: WaitingPods;
  readonly #component: string;

  constructor(state: ClusterState, pods: WaitingPods, component: string) {
    this.#state = state;
    this.#pods = pods;
    this.#component = component;
  }

  /** @returns ends it */
  start(cache: ObjectCache): () => void {
    // Nodes first: a pod is added to a node that is known more cheaply than a node to pods.
    const ends = [
      cache.subscribe(NODE, (change) => this.#onNode(change)),
      cache.subscribe(POD, (change) => this.#onPod(change)),
      cache.subscribe(NAMESPACE, (change) => this.#onNamespace(change)),
      ...[PERSISTENT_VOLUME_CLAIM, PERSISTENT_VOLUME, STORAGE_CLASS].map((kind) =>
        cache.subscribe<KubeObject>(kind, () => this.#pods.happened('storage')),
      ),
    ];
    return () => {
      for (const end of ends) end();
    };
  }

  #onNode(change: Change<Node>): void {
    if (change.type === 'deleted') {
      this.#state.removeNode(change.object.metadata.name);
      this.#pods.happened('nodeGone');
      return;
    }
    this.#state.setNode(change.object);
    if (change.type === 'added') this.#pods.happened('nodeAdded');
    else for (const event of nodeEvents(change.object, change.previous)) this.#pods.happened(event);
  }

  #onNamespace(change: Change<Namespace>): void {
    if (change.type !== 'modified') return;
    if (isDeepStrictEqual(change.object.metadata.labels, change.previous.metadata.labels)) return;
    this.#pods.happened('namespaceLabels');
  }

  #onPod(change: Change<Pod>): void {
    const pod = change.object;
    const uid = pod.metadata.uid ?? '';
    // A name that another pod has taken meanwhile.
    if (change.type === 'modified' && change.previous.metadata.uid !== uid) this.#gone(change.previous);
    if (change.type === 'deleted') this.#gone(pod);
    else if (isFinished(pod)) {
      const isNews = change.type === 'modified' && !isFinished(change.previous);
      if (isNews) this.#gone(pod);
      else this.#pods.waitsNoMore(uid);
    } else if (pod.spec.nodeName) this.#onPlaced(change);
    else this.#onUnplaced(change);
  }

  #gone({ metadata, spec }: Pod): void {
    const uid = metadata.uid ?? '';
    const heldRoom =
      Boolean(spec.nodeName) || this.#state.isAssumed(uid) || this.#state.nominationOf(uid) !== undefined;
    this.#state.removePod(uid);
    this.#pods.waitsNoMore(uid);
    if (heldRoom) this.#pods.happened('podGone');
  }

  #onPlaced(change: Exclude<Change<Pod>, { type: 'deleted' }>): void {
    const pod = change.object;
    this.#state.setPod(pod);
    this.#pods.waitsNoMore(pod.metadata.uid ?? '');
    if (change.type !== 'modified' || !change.previous.spec.nodeName) this.#pods.happened('podBound');
    else if (!isDeepStrictEqual(pod.metadata.labels, change.previous.metadata.labels)) this.#pods.happened('podLabels');
  }

  #onUnplaced(change: Exclude<Change<Pod>, { type: 'deleted' }>): void {
    const pod = change.object;
    const { uid = '' } = pod.metadata;
    const nominated = pod.status?.nominatedNodeName;
    const before = change.type === 'modified' ? change.previous.status?.nominatedNodeName : undefined;
    if (nominated !== before) this.#state.nominate(podInfo(pod), nominated);
    if (this.#isWaiting(pod)) this.#pods.waits(pod, !hasOnlyStatusChanged(change));
    else this.#pods.waitsNoMore(uid);
  }

  #isWaiting({ metadata, spec }: Pod): boolean {
    const isOurs = !spec.schedulerName || spec.schedulerName === this.#component;
    return isOurs && !spec.schedulingGates?.length && !metadata.deletionTimestamp;
  }
}

/** Our own condition coming back is no reason to try again. Generation rises with every change of spec. */
function hasOnlyStatusChanged(change: Change<Pod>): boolean {
  if (change.type !== 'modified') return false;
  const [now, before] = [change.object.metadata, change.previous.metadata];
  return now.generation === before.generation && isDeepStrictEqual(now.labels, before.labels);
}
