import { LEASE } from '../../api/kinds/lease.ts';
import { ApiError } from '../../api/meta/errors.ts';
import type { Lease, Node } from '../../api/types.ts';
import { type Clock, type Millis, toRfc3339Micro } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { ResourceClient } from '../resource-client.ts';

const NAMESPACE = 'kube-node-lease';
const DURATION_SECONDS = 40;
const RENEW_MS = 10_000;

/** The Leases of nodes, in memory only (they never touch the disk): what other tools read a node's liveness from. */
export class NodeLeases {
  readonly #client: ResourceClient;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #renewedAt = new Map<string, Millis>();

  constructor(options: { readonly client: ResourceClient; readonly clock: Clock; readonly log: Logger }) {
    this.#client = options.client;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  isDue(name: string): boolean {
    const renewedAt = this.#renewedAt.get(name);
    return renewedAt === undefined || this.#clock.monotonic() - renewedAt >= RENEW_MS;
  }

  forget(name: string): void {
    this.#renewedAt.delete(name);
  }

  /** Of a node that lives; never throws. */
  async renew(node: Node): Promise<void> {
    const { name, uid = '' } = node.metadata;
    if (!this.isDue(name)) return;
    this.#renewedAt.set(name, this.#clock.monotonic());
    const renewTime = toRfc3339Micro(this.#clock.now());
    const renewal = { holderIdentity: name, leaseDurationSeconds: DURATION_SECONDS, renewTime };
    try {
      const held = await this.#find(name);
      if (held) await this.#client.update(LEASE, { ...held, spec: { ...held.spec, ...renewal } });
      else await this.#client.create(LEASE, newLease(name, uid, renewal));
    } catch (err) {
      // The namespace is not there yet, or somebody changed it: the next renewal is 10 s away.
      this.#log.debug({ node: name, err }, 'lease not renewed');
    }
  }

  /** Not from the cache, which may leave out what changes every few seconds and nobody waits for. */
  async #find(name: string): Promise<Lease | undefined> {
    try {
      return await this.#client.get(LEASE, { namespace: NAMESPACE, name });
    } catch (error) {
      if (error instanceof ApiError && error.reason === 'NotFound') return undefined;
      throw error;
    }
  }
}

function newLease(name: string, nodeUid: string, spec: Lease['spec']): Lease {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name,
      namespace: NAMESPACE,
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid: nodeUid }],
    },
    spec,
  };
}
