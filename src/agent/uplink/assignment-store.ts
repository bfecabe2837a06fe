import { keyOf, keyText } from '../../api/registry.ts';
import type {
  ConfigMap,
  EndpointSlice,
  Ingress,
  KubeObject,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodStatus,
  Secret,
  Service,
  ServiceCIDR,
} from '../../api/types.ts';
import type { ObjectDelta, ServicesProgress } from '../../rpc/messages.ts';
import type { NodePeer } from '../../rpc/node-peer.ts';
import { type Reference, referencesOf, referenceText } from '../../rpc/pod-references.ts';
import type { Assignments, EndpointsProgress, IngressSources } from '../assignments.ts';
import type { DurableMap } from './kept/durable-map.ts';
import { asRemembered, PodHistory } from './kept/pod-history.ts';

/** Objects by what names them: pods by uid, the rest by kind, namespace and name. */
interface Held {
  readonly text: string;
  readonly object: KubeObject;
}

function identityOf(delta: Pick<ObjectDelta, 'kind' | 'namespace' | 'name' | 'uid'>): string {
  return delta.kind === 'Pod' ? `Pod/${delta.uid}` : `${delta.kind}/${delta.namespace}/${delta.name}`;
}

const KEPT = 'object/';
const NO_PROGRESS: ServicesProgress = { sent: 0, everywhere: 0 };

/**
 * What the master wants on this node, as its session tells: a snapshot after every connect, deltas in between. It is kept on
 * disk: an agent that starts without a master begins with what was wanted last.
 */
export class AssignmentStore implements Assignments, IngressSources {
  readonly #kept: DurableMap | undefined;
  readonly #history: PodHistory | undefined;
  readonly #held = new Map<string, Held>();
  /** While a snapshot comes in: what it has named so far. Nothing goes before it is whole. */
  #snapshot: Set<string> | undefined;
  #isComplete = false;
  /** What is held was said in a session of this process, not kept of one before it. */
  #isMasterHeard = false;
  readonly #pods = new Map<string, Pod>();
  readonly #peers = new Map<string, NodePeer>();
  readonly #services = new Map<string, Service>();
  readonly #endpointSlices = new Map<string, EndpointSlice>();
  readonly #ingresses = new Map<string, Ingress>();
  readonly #serviceCidrs = new Map<string, ServiceCIDR>();
  #progress: ServicesProgress = NO_PROGRESS;
  /** A slice has come that the mark does not count yet. */
  #isAheadOfMark = false;
  #node: Node | undefined;
  readonly #listeners = new Set<(podUid: string) => void>();
  readonly #nodeListeners = new Set<(node: Node) => void>();
  readonly #peerListeners = new Set<() => void>();
  readonly #serviceListeners = new Set<() => void>();
  readonly #ingressListeners = new Set<() => void>();
  readonly #progressListeners = new Set<() => void>();
  readonly #volumeListeners = new Set<(volume: PersistentVolume) => void>();

  /** @param kept where the assignment outlives the agent; its word counts until the first snapshot is whole. */
  constructor(kept?: DurableMap) {
    this.#kept = kept;
    this.#history = kept && new PodHistory(kept);
    for (const [key, text] of kept?.entries(KEPT) ?? []) this.#hold(key.slice(KEPT.length), text);
  }

  get isComplete(): boolean {
    return this.#isComplete;
  }

  get pods(): ReadonlyMap<string, Pod> {
    return this.#pods;
  }

  /** The other nodes, by name. */
  get peers(): ReadonlyMap<string, NodePeer> {
    return this.#peers;
  }

  /** Every Service of the cluster, by `namespace/name`. */
  get services(): ReadonlyMap<string, Service> {
    return this.#services;
  }

  /** Every Service's endpoints, by `namespace/name` of the slice. */
  get endpointSlices(): ReadonlyMap<string, EndpointSlice> {
    return this.#endpointSlices;
  }

  /** Every Ingress of our class, by `namespace/name`. */
  get ingresses(): ReadonlyMap<string, Ingress> {
    return this.#ingresses;
  }

  /** The ranges of Services' addresses, by name. */
  get serviceCidrs(): ReadonlyMap<string, ServiceCIDR> {
    return this.#serviceCidrs;
  }

  get endpoints(): EndpointsProgress {
    const isKnown = this.#snapshot === undefined;
    return {
      held: isKnown ? this.#progress.sent : 0,
      isCounted: isKnown && !this.#isAheadOfMark && this.#progress.sent > 0,
      everywhere: this.#progress.everywhere,
    };
  }

  /** Calls back when more changes of endpoints are held, or are in the rules of all nodes. */
  onProgress(listener: () => void): () => void {
    this.#progressListeners.add(listener);
    return () => this.#progressListeners.delete(listener);
  }

  /** The master says which changes it has sent, and which are everywhere. */
  noteProgress(progress: ServicesProgress): void {
    if (progress.sent !== this.#progress.sent) this.#isAheadOfMark = false;
    this.#progress = progress;
    this.#tellOfProgress();
  }

  /** This node's object, for its pod CIDR; undefined until the master sent it. */
  get node(): Node | undefined {
    return this.#node;
  }

  configMap(namespace: string, name: string): ConfigMap | undefined {
    return this.#get<ConfigMap>('ConfigMap', namespace, name);
  }

  secret(namespace: string, name: string): Secret | undefined {
    return this.#get<Secret>('Secret', namespace, name);
  }

  claim(namespace: string, name: string): PersistentVolumeClaim | undefined {
    return this.#get<PersistentVolumeClaim>('PersistentVolumeClaim', namespace, name);
  }

  volume(name: string): PersistentVolume | undefined {
    return this.#get<PersistentVolume>('PersistentVolume', '', name);
  }

  onVolume(listener: (volume: PersistentVolume) => void): () => void {
    this.#volumeListeners.add(listener);
    return () => this.#volumeListeners.delete(listener);
  }

  subscribe(onChange: (podUid: string) => void): () => void {
    this.#listeners.add(onChange);
    return () => this.#listeners.delete(onChange);
  }

  /** Calls back with this node's object whenever it changed. */
  onNode(listener: (node: Node) => void): () => void {
    this.#nodeListeners.add(listener);
    return () => this.#nodeListeners.delete(listener);
  }

  /** Calls back whenever a peer or a range of Services' addresses came, went or changed, and when the first snapshot is whole. */
  onPeers(listener: () => void): () => void {
    this.#peerListeners.add(listener);
    return () => this.#peerListeners.delete(listener);
  }

  /** Calls back whenever a Service, its endpoints or a range of Services' addresses came, went or changed. */
  onServices(listener: () => void): () => void {
    this.#serviceListeners.add(listener);
    return () => this.#serviceListeners.delete(listener);
  }

  /** Calls back whenever an Ingress or a Secret came, went or changed, and when the first snapshot is whole. */
  onIngresses(listener: () => void): () => void {
    this.#ingressListeners.add(listener);
    return () => this.#ingressListeners.delete(listener);
  }

  /** A session has opened: what follows up to `endSnapshot` is all there is. What is held stays until then. */
  beginSnapshot(): void {
    this.#snapshot = new Set();
    this.#isMasterHeard = true;
    this.#progress = NO_PROGRESS;
    this.#tellOfProgress();
  }

  /** Lets go of what the snapshot did not name. From now on what runs beside the assignment is unwanted. */
  endSnapshot(): void {
    const named = this.#snapshot ?? new Set();
    this.#snapshot = undefined;
    const wasComplete = this.#isComplete;
    this.#isComplete = true;
    for (const [identity, { object }] of this.#held) {
      if (!named.has(identity)) this.#remove(identity, object);
    }
    for (const { object } of this.#held.values()) if (isVolume(object)) this.#tellOfVolume(object);
    this.#tellOfProgress();
    // Whoever held back because the picture was not whole looks again.
    if (wasComplete) return;
    for (const uid of this.#pods.keys()) this.#tell(uid);
    this.#tellOfPeers();
    this.#tellOfIngresses();
  }

  /** Takes one delta. A PUT of what is held already, to the byte, changes nothing and tells nobody. */
  apply(delta: ObjectDelta): void {
    const identity = identityOf(delta);
    if (delta.operation === 'DELETE') {
      const held = this.#held.get(identity);
      if (held) this.#remove(identity, held.object);
      return;
    }
    this.#snapshot?.add(identity);
    const text = Buffer.from(delta.object).toString();
    if (this.#held.get(identity)?.text === text) return;
    this.#kept?.set(`${KEPT}${identity}`, text);
    const object = this.#hold(identity, text);
    this.#announce(object);
    if (isVolume(object) && !this.#snapshot) this.#tellOfVolume(object);
  }

  /** What this node says of a pod: the turning points are remembered, so that one that is over is not begun again. */
  noteStatus({ metadata: { uid = '' } }: Pod, status: PodStatus): void {
    const held = this.#held.get(`Pod/${uid}`)?.object;
    if (held && isPod(held) && this.#history?.told(uid, status)) this.#pods.set(uid, this.#remembered(held));
  }

  #hold(identity: string, text: string): KubeObject {
    const object = JSON.parse(text) as KubeObject;
    this.#held.set(identity, { text, object });
    if (isPod(object)) this.#pods.set(object.metadata.uid ?? '', this.#remembered(object));
    if (isNode(object)) this.#node = object;
    if (isPeer(object)) this.#peers.set(object.metadata.name, object);
    if (isService(object)) this.#services.set(keyText(keyOf(object)), object);
    if (isEndpointSlice(object)) this.#endpointSlices.set(keyText(keyOf(object)), object);
    if (isIngress(object)) this.#ingresses.set(keyText(keyOf(object)), object);
    if (isServiceCidr(object)) this.#serviceCidrs.set(object.metadata.name, object);
    return object;
  }

  #remembered(pod: Pod): Pod {
    return this.#history ? asRemembered(pod, this.#history.of(pod.metadata.uid ?? ''), !this.#isMasterHeard) : pod;
  }

  #get<T extends KubeObject>(kind: T['kind'], namespace: string, name: string): T | undefined {
    return this.#held.get(`${kind}/${namespace}/${name}`)?.object as T | undefined;
  }

  #remove(identity: string, object: KubeObject): void {
    this.#held.delete(identity);
    this.#kept?.delete(`${KEPT}${identity}`);
    if (isPod(object)) {
      this.#pods.delete(object.metadata.uid ?? '');
      this.#history?.left(object.metadata.uid ?? '');
    }
    if (isPeer(object)) this.#peers.delete(object.metadata.name);
    if (isService(object)) this.#services.delete(keyText(keyOf(object)));
    if (isEndpointSlice(object)) this.#endpointSlices.delete(keyText(keyOf(object)));
    if (isIngress(object)) this.#ingresses.delete(keyText(keyOf(object)));
    if (isServiceCidr(object)) this.#serviceCidrs.delete(object.metadata.name);
    if (!isNode(object)) this.#announce(object);
  }

  #announce(object: KubeObject): void {
    if (isNode(object)) {
      for (const listener of this.#nodeListeners) listener(object);
    } else if (isPod(object)) {
      this.#tell(object.metadata.uid ?? '');
    } else if (isPeer(object)) {
      this.#tellOfPeers();
    } else if (isService(object) || isEndpointSlice(object) || isServiceCidr(object)) {
      if (isEndpointSlice(object)) this.#isAheadOfMark = true;
      for (const listener of this.#serviceListeners) listener();
      if (isServiceCidr(object)) this.#tellOfPeers();
    } else if (isIngress(object)) {
      this.#tellOfIngresses();
    } else {
      if (object.kind === 'Secret') this.#tellOfIngresses();
      const changed = referenceText(namedBy(object));
      for (const [uid, pod] of this.#pods) {
        if (referencesOf(pod).some((reference) => referenceText(reference) === changed)) this.#tell(uid);
      }
    }
  }

  #tellOfVolume(volume: PersistentVolume): void {
    for (const listener of this.#volumeListeners) listener(volume);
  }

  #tellOfProgress(): void {
    for (const listener of this.#progressListeners) listener();
  }

  #tellOfPeers(): void {
    for (const listener of this.#peerListeners) listener();
  }

  #tellOfIngresses(): void {
    for (const listener of this.#ingressListeners) listener();
  }

  #tell(podUid: string): void {
    for (const listener of this.#listeners) listener(podUid);
  }
}

/** What a pod names when it is concerned by this: of a volume its claim. */
function namedBy(object: KubeObject): Reference {
  const kind = object.kind as Reference['kind'];
  if (!isVolume(object)) return { kind, namespace: object.metadata.namespace ?? '', name: object.metadata.name };
  const { namespace = '', name = '' } = object.spec.claimRef ?? {};
  return { kind: 'PersistentVolumeClaim', namespace, name };
}

function isVolume(object: KubeObject): object is PersistentVolume {
  return object.kind === 'PersistentVolume';
}

function isPeer(object: KubeObject): object is NodePeer {
  return object.kind === 'Peer';
}

function isService(object: KubeObject): object is Service {
  return object.kind === 'Service';
}

function isEndpointSlice(object: KubeObject): object is EndpointSlice {
  return object.kind === 'EndpointSlice';
}

function isIngress(object: KubeObject): object is Ingress {
  return object.kind === 'Ingress';
}

function isServiceCidr(object: KubeObject): object is ServiceCIDR {
  return object.kind === 'ServiceCIDR';
}

function isPod(object: KubeObject): object is Pod {
  return object.kind === 'Pod';
}

function isNode(object: KubeObject): object is Node {
  return object.kind === 'Node';
}
