import { NODE } from '../../api/kinds/node.ts';
import { ApiError, conflict } from '../../api/meta/errors.ts';
import type { Node, Pod } from '../../api/types.ts';
import type { Clock, Millis } from '../../lib/clock.ts';
import { KeyedLock } from '../../lib/keyed-lock.ts';
import type { Logger } from '../../lib/logger.ts';
import { Workqueue } from '../../lib/workqueue.ts';
import type { Change, EventRecorder, ObjectCache, ResourceClient } from '../resource-client.ts';
import { DisruptionWatch, type ZoneNode } from './disruption.ts';
import { Heartbeats } from './heartbeats.ts';
import { eventsOfChange, registeredEvent, removingEvent, scheduleEvents } from './node-events.ts';
import { NodeLeases } from './node-leases.ts';
import { isFree, nameTaken } from './node-names.ts';
import { KEY_ANNOTATION, type NodeSigns, newNode, planNode } from './node-plan.ts';
import { PodCidrs } from './pod-cidrs.ts';
import { markNotReady } from './silent-pods.ts';

const CONFLICT_RETRY_MS = 20;
/** Not a node's name: the look at all of them. */
const ALL = '*';

/** @throws ApiError Conflict when the Node is known by another key than this one. */
function checkNodeKey(node: Node, keyHash: string): void {
  if (!isFree(node, keyHash)) throw nameTaken(node.metadata.name);
}

export interface NodeRegistryOptions {
  readonly client: ResourceClient;
  readonly cache: ObjectCache;
  readonly events: EventRecorder;
  readonly clusterCidr: string;
  /** Silence that long after the last heartbeat makes a node's state unknown. */
  readonly graceMs: Millis;
  /** So long after the start nodes that have not come yet are not called silent. */
  readonly awaitMs?: Millis;
  readonly podsOf: (nodeName: string) => readonly Pod[];
  /** A node has been silent for too long: its line, if it has one, is dead. */
  readonly onSilent: (nodeName: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Keeps every Node object true: made when its agent comes for the first time, its status as the agent says, unknown and
 * tainted when the agent has fallen silent. One level-triggered pass per node; reports and heartbeats only wake it.
 */
export class NodeRegistry {
  readonly #options: NodeRegistryOptions;
  readonly #queue: Workqueue;
  readonly #heartbeats: Heartbeats;
  readonly #disruption: DisruptionWatch;
  readonly #leases: NodeLeases;
  readonly #cidrs: PodCidrs;
  /** What each agent said of its node last; nothing of those that have not been here since the master started. */
  readonly #reported = new Map<string, Node>();
  /** Serves Node creation, so that two nodes never get one CIDR. */
  readonly #lock = new KeyedLock<string>();
  #unsubscribe: (() => void) | undefined;

  constructor(options: NodeRegistryOptions) {
    const { cache, clock, log, graceMs, clusterCidr } = options;
    this.#options = options;
    this.#heartbeats = new Heartbeats(clock, graceMs, options.awaitMs);
    this.#disruption = new DisruptionWatch(graceMs);
    this.#leases = new NodeLeases(options);
    this.#cidrs = new PodCidrs(clusterCidr, () => cache.list(NODE));
    this.#queue = new Workqueue({ name: 'node-status', clock, log, concurrency: 8 }, async (key) => {
      if (key !== ALL) return this.#reconcile(key);
      this.#lookAtAll();
      this.#queue.addAfter(ALL, this.#heartbeats.lookEveryMs);
    });
  }

  start(): void {
    this.#heartbeats.look();
    this.#queue.start();
    this.#queue.add(ALL);
    this.#unsubscribe = this.#options.cache.subscribe(NODE, (change) => this.#follow(change));
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
    const wasSilent = this.#heartbeats.isSilent(name);
    this.#heartbeats.heard(name);
    if (reported) this.#reported.set(name, reported);
    if (reported || wasSilent || this.#leases.isDue(name)) this.#queue.add(name);
  }

  #follow({ type, object, ...change }: Change<Node>): void {
    const { events } = this.#options;
    const { name } = object.metadata;
    if (type === 'deleted') {
      this.#heartbeats.forget(name);
      this.#reported.delete(name);
      this.#leases.forget(name);
      events.record(object, removingEvent(object));
      return;
    }
    if (type === 'added') {
      this.#heartbeats.expect(name);
      events.record(object, registeredEvent(object));
    }
    if ('previous' in change) for (const event of scheduleEvents(change.previous, object)) events.record(object, event);
    if (object.spec.podCIDR) this.#cidrs.settled(object.spec.podCIDR);
    this.#queue.add(name);
  }

  async #find(name: string): Promise<Node | undefined> {
    try {
      return await this.#options.client.get(NODE, { namespace: '', name });
    } catch (error) {
      if (error instanceof ApiError && error.reason === 'NotFound') return undefined;
      throw error;
    }
  }

  async #create(name: string, keyHash: string, reported: Node): Promise<void> {
    const podCidr = this.#cidrs.give(keyHash);
    // Before it exists: the first look at it must not find a node without a word from its agent, and taint it.
    this.heard(name, reported);
    await this.#options.client.create(NODE, newNode(reported, { name, podCidr, keyHash }));
    this.#options.log.info({ node: name, podCidr }, 'node joined');
  }

  /** Completes a Node that an administrator made by hand, or that was made without a CIDR. */
  async #claim(node: Node, keyHash: string): Promise<void> {
    checkNodeKey(node, keyHash);
    const { name } = node.metadata;
    const holder = node.spec.podCIDR && this.#cidrs.holderOf(node.spec.podCIDR, name);
    if (holder) {
      const cidr = node.spec.podCIDR;
      const what = `its spec.podCIDR ${cidr} is that of node "${holder}", too: run \`kubectl delete node ${name}\`, and it gets one of its own`;
      throw conflict(NODE, name, what);
    }
    if (node.metadata.annotations?.[KEY_ANNOTATION] && node.spec.podCIDR) return;
    const podCIDR = node.spec.podCIDR ?? this.#cidrs.give(keyHash);
    await this.#options.client.update(NODE, {
      ...node,
      metadata: { ...node.metadata, annotations: { ...node.metadata.annotations, [KEY_ANNOTATION]: keyHash } },
      spec: { ...node.spec, podCIDR, podCIDRs: [podCIDR] },
    });
  }

  /** Was the master itself away? Are all nodes silent at once? */
  #lookAtAll(): void {
    const { cache, clock, log } = this.#options;
    const awayMs = this.#heartbeats.look();
    if (awayMs !== undefined)
      log.warn({ awayMs }, 'the master was stopped or starved: silent nodes get a new grace period');
    const nodes = cache.list(NODE).map((node): ZoneNode => {
      const isHealthy = this.#heartbeats.isHeard(node.metadata.name) && isReady(node);
      return { zone: zoneOf(node), isHealthy };
    });
    const wasFull = this.#disruption.isFull;
    if (!this.#disruption.look(nodes, clock.monotonic())) return;
    if (!wasFull && this.#disruption.isFull) log.warn('no node is ready: no pods are driven away until one is');
    if (wasFull && !this.#disruption.isFull) log.info('a node is ready again');
    for (const { metadata } of cache.list(NODE)) this.#queue.add(metadata.name);
  }

  #signsOf(node: Node): NodeSigns {
    const { name } = node.metadata;
    // Before a node is taken for lost, all are looked at as they are now.
    if (this.#heartbeats.isSilent(name)) this.#lookAtAll();
    return {
      reported: this.#reported.get(name),
      silentMs: this.#heartbeats.silentMs(name),
      eviction: this.#disruption.evictionIn(zoneOf(node)),
    };
  }

  async #reconcile(name: string): Promise<void> {
    const node = this.#options.cache.get(NODE, { namespace: '', name });
    if (!node || node.metadata.deletionTimestamp) return;
    try {
      await this.#write(node);
      if (this.#heartbeats.isSilent(name)) await this.#giveUp(name);
    } catch (error) {
      const isStale = error instanceof ApiError && (error.reason === 'Conflict' || error.reason === 'NotFound');
      if (!isStale) throw error;
      this.#queue.addAfter(name, CONFLICT_RETRY_MS); // the cache is a moment behind
      return;
    }
    if (!this.#heartbeats.isSilent(name)) await this.#leases.renew(node);
  }

  async #write(node: Node): Promise<void> {
    const { client, clock, events } = this.#options;
    const { name } = node.metadata;
    const { graceMs } = this.#heartbeats;
    const plan = planNode(node, this.#signsOf(node), { now: clock.now(), graceMs });
    let current = node;
    if (plan.status) {
      const options = { subresource: 'status', volatile: plan.isVolatile } as const;
      current = await client.update(NODE, { ...node, status: plan.status }, options);
    }
    if (plan.node) {
      const { resourceVersion } = current.metadata;
      await client.update(NODE, {
        ...plan.node,
        status: current.status,
        metadata: { ...plan.node.metadata, resourceVersion },
      });
    }
    for (const event of eventsOfChange(node, current)) events.record(current, event);
    this.#logTransition(node, current);
    this.#queue.addAfter(name, plan.lookAgainMs);
  }

  /** Nothing is known of the pods of a silent node; what its agent has to say it says on a new line. */
  async #giveUp(name: string): Promise<void> {
    const { clock, podsOf, onSilent } = this.#options;
    onSilent(name);
    for (const pod of podsOf(name)) await markNotReady(pod, this.#options, clock.now());
  }

  #logTransition(before: Node, after: Node): void {
    const ready = (node: Node) => node.status?.conditions?.find((condition) => condition.type === 'Ready');
    const [was, is] = [ready(before), ready(after)];
    if (was?.status === is?.status) return;
    const facts = { node: after.metadata.name, ready: is?.status, reason: is?.reason };
    this.#options.log.info(facts, 'node condition changed');
  }
}

function isReady({ status }: Node): boolean {
  return status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
}

function zoneOf({ metadata }: Node): string {
  const { labels = {} } = metadata;
  return `${labels['topology.kubernetes.io/region'] ?? ''}/${labels['topology.kubernetes.io/zone'] ?? ''}`;
}
