import { CONFIG_MAP } from '../../api/kinds/config-map.ts';
import { ENDPOINT_SLICE } from '../../api/kinds/endpoint-slice.ts';
import { INGRESS } from '../../api/kinds/ingress.ts';
import { INGRESS_CLASS } from '../../api/kinds/ingress-class.ts';
import { NODE } from '../../api/kinds/node.ts';
import { PERSISTENT_VOLUME } from '../../api/kinds/persistent-volume.ts';
import { PERSISTENT_VOLUME_CLAIM } from '../../api/kinds/persistent-volume-claim.ts';
import { SECRET } from '../../api/kinds/secret.ts';
import { SERVICE } from '../../api/kinds/service.ts';
import { folderNode, isLetGo } from '../../api/kinds/storage/node-of-volume.ts';
import { ApiError, badRequest, conflict, notFound } from '../../api/meta/errors.ts';
import type { KindDefinition } from '../../api/registry.ts';
import type { Ingress, KubeObject } from '../../api/types.ts';
import type { Clock, Millis } from '../../lib/clock.ts';
import { isOurs } from '../../lib/ingress/ours.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/logger.ts';
import type { FrameStream } from '../../rpc/frame-stream.ts';
import type { MessageStream } from '../../rpc/message-stream.ts';
import type {
  AgentMessage,
  CertificateResponse,
  EventReport,
  MasterMessage,
  OpenStream,
  RenewRequest,
  Welcome,
} from '../../rpc/messages.ts';
import type { Reference } from '../../rpc/pod-references.ts';
import type { NodeHandler, Peer } from '../../rpc/server.ts';
import type { EventRecorder, ObjectCache, ResourceClient } from '../resource-client.ts';
import type { Enrollment } from './enrollment.ts';
import { heartbeatIntervalMs } from './heartbeats.ts';
import { NodeRegistry } from './node-registry.ts';
import { NodeSession, type SessionView } from './node-session.ts';
import { parseNode } from './parse.ts';
import { PodIndex } from './pod-index.ts';
import { PodReports } from './pod-reports.ts';
import { ServicesProgressLedger } from './services-progress.ts';
import { SharedObjects } from './shared-objects.ts';
import { StreamBroker } from './stream-broker.ts';
import { volumeGone } from './volume-reports.ts';

export interface NodeSessionsOptions {
  readonly client: ResourceClient;
  readonly cache: ObjectCache;
  readonly events: EventRecorder;
  readonly enrollment: Enrollment;
  /** What every agent is told of the cluster. */
  readonly welcome: Omit<Welcome, 'heartbeatIntervalMs' | 'nodeMonitorGracePeriodMs'>;
  /** Silence that long makes a node's state unknown. */
  readonly graceMs: Millis;
  /** So long after the start nodes that have not come yet are not called silent. */
  readonly awaitMs?: Millis;
  /** Where agents can reach this master now, `host:port`. */
  readonly masterAddresses: () => readonly string[];
  readonly clock: Clock;
  readonly log: Logger;
}

/** What pods name, by kind. */
const NAMED = {
  ConfigMap: CONFIG_MAP,
  Secret: SECRET,
  PersistentVolumeClaim: PERSISTENT_VOLUME_CLAIM,
  PersistentVolume: PERSISTENT_VOLUME,
} as const satisfies Record<Reference['kind'], KindDefinition>;

/** How identities of EndpointSlices begin. */
const SLICES = `${ENDPOINT_SLICE.kind}/`;
const HELLO_TIMEOUT_MS = 10_000;
/** How soon agents learn of another address of this machine; nothing tells of it by itself. */
const ADDRESS_CHECK_MS = 30_000;

/** The connected agents: what each is sent, what each reports, and streams to what runs there. */
export class NodeSessions implements Part, NodeHandler {
  readonly name = 'nodes';
  readonly #options: NodeSessionsOptions;
  /** As they were when somebody looked last: each look asks the kernel. */
  #addresses: readonly string[] = [];
  readonly #registry: NodeRegistry;
  readonly #reports: PodReports;
  readonly #broker: StreamBroker;
  readonly #pods = new PodIndex();
  readonly #shared = new SharedObjects();
  readonly #sessions = new Map<string, NodeSession>();
  readonly #progress: ServicesProgressLedger;
  #unsubscribe: (() => void)[] = [];

  constructor(options: NodeSessionsOptions) {
    this.#options = options;
    this.#progress = new ServicesProgressLedger(Math.floor(options.clock.now() / 1000));
    this.#registry = new NodeRegistry({
      ...options,
      clusterCidr: options.welcome.clusterCidr,
      podsOf: (nodeName) => this.#pods.podsOf(nodeName),
      onSilent: (nodeName) => {
        const why = 'nothing was heard of this node for too long: connect again, and tell everything anew';
        this.#sessions.get(nodeName)?.end(new ApiError('ServiceUnavailable', why));
      },
    });
    this.#reports = new PodReports(options);
    this.#broker = new StreamBroker(options.clock);
  }

  start(): void {
    const { cache } = this.#options;
    const wakeNamers = (kind: Reference['kind']) => (change: { object: KubeObject }) => {
      const { namespace = '', name } = change.object.metadata;
      for (const session of this.#sessions.values()) {
        if (session.names({ kind, namespace, name })) session.wake();
      }
    };
    this.#registry.start();
    this.#reports.start();
    this.#unsubscribe = [
      this.#pods.follow(cache, (nodeName) => this.#sessions.get(nodeName)?.wake()),
      this.#shared.follow(cache, (identity) => {
        if (identity.startsWith(SLICES)) this.#progress.changed();
        for (const session of this.#sessions.values()) session.sharedChanged(identity);
      }),
      cache.subscribe(CONFIG_MAP, wakeNamers('ConfigMap')),
      cache.subscribe(SECRET, wakeNamers('Secret')),
      cache.subscribe(PERSISTENT_VOLUME_CLAIM, wakeNamers('PersistentVolumeClaim')),
      cache.subscribe(PERSISTENT_VOLUME, ({ object }) => {
        const { namespace = '', name = '' } = object.spec.claimRef ?? {};
        for (const session of this.#sessions.values()) {
          const isNamed = session.names({ kind: 'PersistentVolumeClaim', namespace, name });
          if (isNamed || folderNode(object) === session.nodeName) session.wake();
        }
      }),
      cache.subscribe(NODE, ({ type, object }) => {
        const session = this.#sessions.get(object.metadata.name);
        if (type === 'deleted') session?.end(notFound(NODE, object.metadata.name));
        else session?.wake();
      }),
      this.#followAddresses(),
    ];
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    for (const session of this.#sessions.values()) {
      session.end(new ApiError('ServiceUnavailable', 'the master is stopping'));
    }
    await Promise.all([this.#registry.stop(), this.#reports.stop()]);
  }

  /** @returns ends it. */
  #followAddresses(): () => void {
    const { clock, masterAddresses } = this.#options;
    this.#addresses = masterAddresses();
    let cancel = () => {};
    const look = () => {
      const before = this.#addresses.join();
      this.#addresses = masterAddresses();
      if (this.#addresses.join() !== before) for (const session of this.#sessions.values()) session.wake();
      cancel = clock.after(ADDRESS_CHECK_MS, look);
    };
    cancel = clock.after(ADDRESS_CHECK_MS, look);
    return () => cancel();
  }

  isConnected(nodeName: string): boolean {
    return this.#sessions.has(nodeName);
  }

  /** @throws ApiError as the agent is to be told; resolves when the agent ended the session. */
  async session(peer: Peer, stream: MessageStream<AgentMessage, MasterMessage>): Promise<void> {
    const { nodeName } = peer;
    const { welcome, graceMs, log } = this.#options;
    const reported = await this.#hello(stream);
    await this.#registry.register(nodeName, peer.keyHash, reported);
    const session = new NodeSession(nodeName, stream, this.#viewOf(nodeName));
    this.#sessions.get(nodeName)?.end(conflict(NODE, nodeName, 'a newer session has taken its place'));
    this.#sessions.set(nodeName, session);
    this.#progress.joined(nodeName);
    log.info({ node: nodeName, address: peer.address }, 'agent connected');
    try {
      const times = { heartbeatIntervalMs: heartbeatIntervalMs(graceMs), nodeMonitorGracePeriodMs: graceMs };
      await session.run({ ...welcome, ...times }, (message) => this.#take(nodeName, message));
      log.info({ node: nodeName }, 'agent left');
    } catch (err) {
      log.info({ node: nodeName, err }, 'agent disconnected');
      throw err;
    } finally {
      if (this.#sessions.get(nodeName) === session) this.#leave(nodeName);
    }
  }

  #leave(nodeName: string): void {
    this.#sessions.delete(nodeName);
    this.#progress.left(nodeName);
    this.#tellOfProgress();
  }

  #tellOfProgress(): void {
    for (const session of this.#sessions.values()) session.progressed();
  }

  stream(peer: Peer, stream: FrameStream): Promise<void> {
    return this.#broker.accept(peer, stream);
  }

  renew(peer: Peer, request: RenewRequest): Promise<CertificateResponse> {
    return this.#options.enrollment.renew(peer, request);
  }

  /**
   * Opens a stream to a container of that node.
   * @throws ApiError ServiceUnavailable when the node is not connected, Timeout when its agent does not answer within 10 s.
   */
  openStream(nodeName: string, request: Omit<OpenStream, 'streamId'>, signal: AbortSignal): Promise<FrameStream> {
    const send = async (open: OpenStream) => {
      const session = this.#sessions.get(nodeName);
      if (!session) throw new ApiError('ServiceUnavailable', `node "${nodeName}" is not connected to the master`);
      await session.openStream(open);
    };
    return this.#broker.open(nodeName, { request, send, signal });
  }

  #viewOf(nodeName: string): SessionView {
    const { cache } = this.#options;
    return {
      node: () => cache.get(NODE, { namespace: '', name: nodeName }),
      pods: () => this.#pods.podsOf(nodeName),
      lookUp: ({ kind, namespace, name }) => cache.get<KubeObject>(NAMED[kind], { namespace, name }),
      ingressSecrets: () => this.#ingressSecrets(),
      goingVolumes: () =>
        cache.list(PERSISTENT_VOLUME).filter((volume) => isLetGo(volume) && folderNode(volume) === nodeName),
      progress: () => this.#progress,
      masterAddresses: () => this.#addresses,
      sharedIdentities: () => this.#shared.identities(),
      shared: (identity) => this.#shared.get(identity),
    };
  }

  #ingressSecrets(): Reference[] {
    const { cache } = this.#options;
    const classes = cache.list(INGRESS_CLASS);
    return cache
      .list(INGRESS)
      .filter((ingress) => isOurs(ingress, classes))
      .flatMap(tlsSecretsOf);
  }

  async #hello(stream: MessageStream<AgentMessage, MasterMessage>) {
    const { clock } = this.#options;
    const cancelTimer = clock.after(HELLO_TIMEOUT_MS, () => stream.cancel('no hello within 10 s'));
    try {
      const first = await stream[Symbol.asyncIterator]().next();
      if (first.done || !first.value.hello) throw badRequest('the first message of a session must be a hello');
      return parseNode(first.value.hello.node);
    } finally {
      cancelTimer();
    }
  }

  #take(nodeName: string, message: AgentMessage): void {
    if (message.node) this.#registry.heard(nodeName, parseNode(message.node.node));
    else this.#registry.heard(nodeName);
    if (message.pod) this.#reports.report(nodeName, message.pod);
    if (message.podGone) this.#reports.gone(nodeName, message.podGone);
    if (message.volumeGone) void volumeGone(nodeName, message.volumeGone, this.#options);
    if (message.servicesApplied) {
      this.#progress.applied(nodeName, message.servicesApplied.mark);
      this.#tellOfProgress();
    }
    if (message.event) this.#record(nodeName, message.event);
  }

  /** An agent may tell of its own node, of the pods bound to it, and of Services, which every node serves. */
  #record(nodeName: string, event: EventReport): void {
    const { events, log } = this.#options;
    const about = this.#subjectOf(nodeName, event);
    if (!about) {
      log.debug({ node: nodeName, reason: event.reason, uid: event.uid }, 'an event about nothing of this node');
      return;
    }
    const { type, reason, message, fieldPath } = event;
    const source = { component: event.kind === 'Service' ? 'kube-proxy' : 'kubelet', host: nodeName };
    events.record(about, { type, reason, message, ...source, ...(fieldPath ? { fieldPath } : {}) });
  }

  #subjectOf(nodeName: string, { kind, namespace, name, uid }: EventReport): KubeObject | undefined {
    const { cache } = this.#options;
    switch (kind) {
      case 'Node':
        return cache.get(NODE, { namespace: '', name: nodeName });
      case 'Service':
        return cache.get(SERVICE, { namespace, name });
      case 'Pod':
        return this.#pods.pod(nodeName, uid);
    }
  }
}

function tlsSecretsOf({ metadata: { namespace = '' }, spec }: Ingress): Reference[] {
  return (spec.tls ?? []).flatMap(({ secretName: name }) =>
    name ? [{ kind: 'Secret', namespace, name } as const] : [],
  );
}
