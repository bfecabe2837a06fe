import { LEASE } from '../../api/kinds/lease.ts';
import { NODE } from '../../api/kinds/node.ts';
import { ApiError } from '../../api/meta/errors.ts';
import type { Lease, Node } from '../../api/types.ts';
import { type Clock, type Millis, toRfc3339Micro } from '../../lib/clock.ts';
import { KeyedLock } from '../../lib/keyed-lock.ts';
import type { Logger } from '../../lib/logger.ts';
import { Workqueue } from '../../lib/workqueue.ts';
import type { ObjectCache, ResourceClient } from '../resource-client.ts';
import { isFree, nameTaken } from './node-names.ts';
import { HEARTBEAT_GRACE_MS, KEY_ANNOTATION, type NodeSigns, newNode, planNode } from './node-plan.ts';
import { nextPodCidr } from './pod-cidr.ts';

const LEASE_NAMESPACE = 'kube-node-lease';
const LEASE_SECONDS = 40;
const LEASE_RENEW_MS = 10_000;
const CONFLICT_RETRY_MS = 20;

interface NodeRecord {
  signs: NodeSigns;
  leaseRenewedAt: Millis;
}

/** @throws ApiError Conflict when the Node is known by another key than this one. */
function checkNodeKey(node: Node, keyHash: string): void {
  if (!isFree(node, keyHash)) throw nameTaken(node.metadata.name);
}

/** What was asked for; undefined when there is no such object. */
async function orUndefined<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'NotFound') return undefined;
    throw error;
  }
}

/**
 * Keeps every Node object true: made when its agent comes for the first time, its status as the agent says, unknown and
 * tainted when the agent has fallen silent. One level-triggered pass per node; reports and heartbeats only wake it.
 */
export class NodeRegistry {
  readonly #client: ResourceClient;
  readonly #cache: ObjectCache;
  readonly #clusterCidr: string;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #queue: Workqueue;
  readonly #records = new Map<string, NodeRecord>();
  /** Serves Node creation, so that two nodes never get one CIDR. */
  readonly #lock = new KeyedLock<string>();
  /** CIDRs given out by this process; the cache learns of them a little later. */
  readonly #givenCidrs = new Map<string, string>();
  #startedAt = 0;
  #unsubscribe: (() => void) | undefined;

  constructor(options: {
    readonly client: ResourceClient;
    readonly cache: ObjectCache;
    readonly clusterCidr: string;
    readonly clock: Clock;
    readonly log: Logger;
  }) {
    const { clock, log } = options;
    this.#client = options.client;
    this.#cache = options.cache;
    this.#clusterCidr = options.clusterCidr;
    this.#clock = clock;
    this.#log = log;
    this.#queue = new Workqueue({ name: 'node-status', clock, log, concurrency: 8 }, (name) => this.#reconcile(name));
  }

  start(): void {
    this.#startedAt = this.#clock.now();
    this.#queue.start();
    this.#unsubscribe = this.#cache.subscribe(NODE, ({ type, object }) => {
      const { name } = object.metadata;
      if (type !== 'deleted') this.#queue.add(name);
      else this.#forget(name);
    });
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.();
    await this.#queue.stop();
  }

  /**
   * An agent has come: its Node exists when this resolves, with a pod CIDR.
   * @throws ApiError Conflict when the name belongs to another key, ServiceUnavailable when the cluster CIDR is used up.
   */
  async register(name: string, keyHash: string, reported: Node): Promise<void> {
    await this.#lock.run('register', async () => {
      const node = await this.#find(name);
      if (!node) await this.#create(name, keyHash, reported);
      else await this.#claim(node, keyHash);
    });
    this.heard(name, reported);
  }

  /** A sign of life, with what the agent says of its node when it does. */
  heard(name: string, reported?: Node): void {
    const record = this.#records.get(name);
    const lastHeartbeatAt = this.#clock.now();
    const wasSilent = !record || lastHeartbeatAt - record.signs.lastHeartbeatAt >= HEARTBEAT_GRACE_MS;
    const signs = { reported: reported ?? record?.signs.reported, lastHeartbeatAt };
    if (record) record.signs = signs;
    else this.#records.set(name, { signs, leaseRenewedAt: 0 });
    const isLeaseDue = !record || lastHeartbeatAt - record.leaseRenewedAt >= LEASE_RENEW_MS;
    if (reported || wasSilent || isLeaseDue) this.#queue.add(name);
  }

  #forget(name: string): void {
    this.#records.delete(name);
    this.#givenCidrs.delete(name);
  }

  #find(name: string): Promise<Node | undefined> {
    return orUndefined(this.#client.get(NODE, { namespace: '', name }));
  }

  /** Not from the cache, which may leave out what changes every few seconds and nobody waits for. */
  #lease(name: string): Promise<Lease | undefined> {
    return orUndefined(this.#client.get(LEASE, { namespace: LEASE_NAMESPACE, name }));
  }

  #freeCidr(): string {
    const held = this.#cache.list(NODE).map((node) => node.spec.podCIDR ?? '');
    const cidr = nextPodCidr(this.#clusterCidr, new Set([...held, ...this.#givenCidrs.values()]));
    if (cidr) return cidr;
    const message = `every /24 of the cluster CIDR ${this.#clusterCidr} has a node: delete nodes that are gone, or use a larger --cluster-cidr`;
    throw new ApiError('ServiceUnavailable', message);
  }

  async #create(name: string, keyHash: string, reported: Node): Promise<void> {
    const podCidr = this.#freeCidr();
    this.#givenCidrs.set(name, podCidr);
    // Before it exists: the first look at it must not find a node without a word from its agent, and taint it.
    this.heard(name, reported);
    await this.#client.create(NODE, newNode(reported, { name, podCidr, keyHash }));
    this.#log.info({ node: name, podCidr }, 'node joined');
  }

  /** Completes a Node that an administrator made by hand, or that was made without a CIDR. */
  async #claim(node: Node, keyHash: string): Promise<void> {
    checkNodeKey(node, keyHash);
    const { name } = node.metadata;
    if (node.metadata.annotations?.[KEY_ANNOTATION] && node.spec.podCIDR) return;
    const podCIDR = node.spec.podCIDR ?? this.#freeCidr();
    this.#givenCidrs.set(name, podCIDR);
    await this.#client.update(NODE, {
      ...node,
      metadata: { ...node.metadata, annotations: { ...node.metadata.annotations, [KEY_ANNOTATION]: keyHash } },
      spec: { ...node.spec, podCIDR, podCIDRs: [podCIDR] },
    });
  }

  async #reconcile(name: string): Promise<void> {
    const node = this.#cache.get(NODE, { namespace: '', name });
    if (!node || node.metadata.deletionTimestamp) return;
    try {
      await this.#write(node);
    } catch (error) {
      if (!(error instanceof ApiError && error.reason === 'Conflict')) throw error;
      this.#queue.addAfter(name, CONFLICT_RETRY_MS); // the cache is a moment behind
      return;
    }
    await this.#renewLease(node);
  }

  /** Without a record the agent has not been here since the master started: it gets twice the time to come back. */
  #signsOf(name: string): NodeSigns {
    const record = this.#records.get(name);
    if (!record) return { reported: undefined, lastHeartbeatAt: this.#startedAt + HEARTBEAT_GRACE_MS };
    // A clock that was set back must not make a silent node look alive until it has caught up.
    const now = this.#clock.now();
    if (record.signs.lastHeartbeatAt > now) record.signs = { ...record.signs, lastHeartbeatAt: now };
    if (record.leaseRenewedAt > now) record.leaseRenewedAt = 0;
    return record.signs;
  }

  async #write(node: Node): Promise<void> {
    const { name } = node.metadata;
    const plan = planNode(node, this.#signsOf(name), this.#clock.now());
    let current = node;
    if (plan.status) {
      const options = { subresource: 'status', volatile: plan.isVolatile } as const;
      current = await this.#client.update(NODE, { ...node, status: plan.status }, options);
    }
    if (plan.node) {
      const { resourceVersion } = current.metadata;
      await this.#client.update(NODE, {
        ...plan.node,
        status: current.status,
        metadata: { ...plan.node.metadata, resourceVersion },
      });
    }
    this.#logTransition(node, current);
    this.#queue.addAfter(name, plan.lookAgainMs);
  }

  #logTransition(before: Node, after: Node): void {
    const ready = (node: Node) => node.status?.conditions?.find((condition) => condition.type === 'Ready');
    const [was, is] = [ready(before), ready(after)];
    if (was?.status === is?.status) return;
    this.#log.info({ node: after.metadata.name, ready: is?.status, reason: is?.reason }, 'node condition changed');
  }

  /** In memory only (Leases never touch the disk): what other tools read a node's liveness from. */
  async #renewLease(node: Node): Promise<void> {
    const { name, uid = '' } = node.metadata;
    const record = this.#records.get(name);
    const now = this.#clock.now();
    if (!record || now - record.signs.lastHeartbeatAt >= HEARTBEAT_GRACE_MS) return;
    if (now - record.leaseRenewedAt < LEASE_RENEW_MS) return;
    record.leaseRenewedAt = now;
    const renewal = { holderIdentity: name, leaseDurationSeconds: LEASE_SECONDS, renewTime: toRfc3339Micro(now) };
    try {
      const held = await this.#lease(name);
      if (held) await this.#client.update(LEASE, { ...held, spec: { ...held.spec, ...renewal } });
      else await this.#client.create(LEASE, newLease(name, uid, renewal));
    } catch (err) {
      // The namespace is not there yet, or the cache is a moment behind: the next renewal is 10 s away.
      this.#log.debug({ node: name, err }, 'lease not renewed');
    }
  }
}

function newLease(name: string, nodeUid: string, spec: Lease['spec']): Lease {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name,
      namespace: LEASE_NAMESPACE,
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid: nodeUid }],
    },
    spec,
  };
}
