import type {
  ConfigMap,
  EndpointSlice,
  Ingress,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodStatus,
  Secret,
  Service,
} from '../api/types.ts';
import type { Millis } from '../lib/clock.ts';

/** What the master wants on this node: the uplink keeps it current, the pod workers read it. */
export interface Assignments {
  /** False until the first snapshot has arrived whole: before that, nothing that runs may be judged unwanted. */
  readonly isComplete: boolean;
  /** Every pod bound to this node, by uid. A deleted one has metadata.deletionTimestamp and deletionGracePeriodSeconds. */
  readonly pods: ReadonlyMap<string, Pod>;
  /** All of the cluster, by `namespace/name`. */
  readonly services: ReadonlyMap<string, Service>;
  configMap(namespace: string, name: string): ConfigMap | undefined;
  secret(namespace: string, name: string): Secret | undefined;
  claim(namespace: string, name: string): PersistentVolumeClaim | undefined;
  volume(name: string): PersistentVolume | undefined;
  /** Calls back with each volume that came or changed, and with all whenever a snapshot is whole. */
  onVolume(listener: (volume: PersistentVolume) => void): () => void;
  /** Calls back with the uid of each pod that changed, came or went, and of each that names something that changed. */
  subscribe(onChange: (podUid: string) => void): () => void;
}

/** Where pod workers tell what they see; the uplink sends it, and sends the newest of each pod again after a reconnect. */
export interface Reports {
  podStatus(pod: Pod, status: PodStatus): void;
  /** Nothing of the pod is left on this node. */
  podGone(pod: Pod): void;
  /** Nothing on this node sends connections to endpoints that went with a change up to this one. */
  servicesApplied(mark: number): void;
  /** The folder of a deleted volume is gone. */
  volumeGone(volume: PersistentVolume): void;
  event(event: AgentEvent): void;
}

/** A v1 Event in the making, about a pod, a Service or (neither) this node. */
export interface AgentEvent {
  readonly pod: Pod | undefined;
  readonly service?: Service;
  /** `spec.containers{nginx}`; '' for the pod itself. */
  readonly fieldPath: string;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** Of the cluster, told by the master when the session opens. */
export interface ClusterSettings {
  readonly clusterDomain: string;
  readonly clusterDns: string;
  readonly clusterCidr: string;
  /** That the cluster was made with. */
  readonly serviceCidr: string;
  /** Silence that long, and the node is unreachable to the master: the tolerations of its pods count from then. */
  readonly nodeMonitorGracePeriodMs: Millis;
}

/** What Ingresses are served from; the uplink keeps it current. */
export interface IngressSources {
  /** False until the first snapshot has arrived whole: before that, what is served may be more than what is known. */
  readonly isComplete: boolean;
  /** Those of our class, by `namespace/name`, as are Services and slices. */
  readonly ingresses: ReadonlyMap<string, Ingress>;
  readonly services: ReadonlyMap<string, Service>;
  readonly endpointSlices: ReadonlyMap<string, EndpointSlice>;
  readonly endpoints: EndpointsProgress;
  /** For its addresses. */
  readonly node: Node | undefined;
  secret(namespace: string, name: string): Secret | undefined;
  /** Calls back whenever an Ingress or a Secret came, went or changed, and when the first snapshot is whole. */
  onIngresses(listener: () => void): () => void;
  onServices(listener: () => void): () => void;
}

/** How far changes of endpoints have come, by the master's count. */
export interface EndpointsProgress {
  /** All changes up to this one are held here; 0 while that is not known. */
  readonly held: number;
  /** Nothing newer is held. */
  readonly isCounted: boolean;
  /** All changes up to this one have been followed by every connected node. */
  readonly everywhere: number;
}

/** What rules and names of Services are made from; the uplink keeps it current. */
export interface ServiceSources {
  /** By `namespace/name`, as are the slices. */
  readonly services: ReadonlyMap<string, Service>;
  readonly endpointSlices: ReadonlyMap<string, EndpointSlice>;
  readonly endpoints: EndpointsProgress;
  /** undefined before the first session of all. */
  readonly settings: ClusterSettings | undefined;
  readonly node: Node | undefined;
  onServices(listener: () => void): () => void;
  /** Calls back with every change of `endpoints`. */
  onProgress(listener: () => void): () => void;
  onNode(listener: (node: Node) => void): () => void;
  onSettings(listener: (settings: ClusterSettings) => void): () => void;
}
