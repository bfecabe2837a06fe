import { SERVICE_NAME_LABEL } from '../../api/kinds/endpoint-slice/names.ts';
import { ENDPOINT_SLICE } from '../../api/kinds/endpoint-slice.ts';
import { INGRESS } from '../../api/kinds/ingress.ts';
import { INGRESS_CLASS } from '../../api/kinds/ingress-class.ts';
import { NODE } from '../../api/kinds/node.ts';
import { LAN_ADDRESS, LAN_ADDRESS_NODE } from '../../api/kinds/service/load-balancer.ts';
import { SERVICE } from '../../api/kinds/service.ts';
import { SERVICE_CIDR } from '../../api/kinds/service-cidr.ts';
import type { KindDefinition } from '../../api/registry.ts';
import type { EndpointSlice, Ingress, KubeObject, Node, Service, ServiceCIDR } from '../../api/types.ts';
import { isOurs } from '../../lib/ingress/ours.ts';
import type { NodePeer } from '../../rpc/node-peer.ts';
import type { ObjectCache } from '../resource-client.ts';
import { identityOf, type PlannedDelta, put } from './assignment.ts';

/** What other nodes are told of this one; undefined as long as its pods cannot be reached. */
export function peerOf({ metadata: { name }, spec, status }: Node): NodePeer | undefined {
  const internalIP = status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  if (!spec.podCIDR || !internalIP) return undefined;
  return { apiVersion: 'v1', kind: 'Peer', metadata: { name }, spec: { podCIDR: spec.podCIDR, internalIP } };
}

/** Of a Service what rules and names are made from. */
export function sharedService({ apiVersion, kind, metadata, spec, status }: Service): Service {
  // Which of two is older decides who has what both want.
  const { name, namespace, uid, creationTimestamp } = metadata;
  const { [LAN_ADDRESS]: address, [LAN_ADDRESS_NODE]: node } = metadata.annotations ?? {};
  const annotations = { ...(address ? { [LAN_ADDRESS]: address } : {}), ...(node ? { [LAN_ADDRESS_NODE]: node } : {}) };
  const { loadBalancer } = status ?? {};
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, uid, creationTimestamp, ...(address || node ? { annotations } : {}) },
    spec,
    ...(loadBalancer ? { status: { loadBalancer } } : {}),
  };
}

/** Of a range its networks: nodes lead its addresses to the rules, and refuse those that nobody has. */
function sharedServiceCidr({ apiVersion, kind, metadata: { name, uid }, spec }: ServiceCIDR): ServiceCIDR {
  return { apiVersion, kind, metadata: { name, uid }, spec };
}

/** Of a slice the same; undefined when it belongs to no Service. */
export function sharedSlice({ metadata, endpoints, ...slice }: EndpointSlice): EndpointSlice | undefined {
  const { name, namespace, uid, labels } = metadata;
  const serviceName = labels?.[SERVICE_NAME_LABEL];
  if (!serviceName) return undefined;
  const shared = (endpoints ?? []).map(({ addresses, conditions, nodeName, hostname }) => ({
    addresses,
    ...(conditions ? { conditions } : {}),
    ...(nodeName ? { nodeName } : {}),
    ...(hostname ? { hostname } : {}),
  }));
  return {
    ...slice,
    metadata: { name, namespace, uid, labels: { [SERVICE_NAME_LABEL]: serviceName } },
    endpoints: shared,
  };
}

/** Of an Ingress the same: its times say which of two is older. */
function sharedIngress({ apiVersion, kind, metadata, spec }: Ingress): Ingress {
  const { name, namespace, uid, creationTimestamp } = metadata;
  return { apiVersion, kind, metadata: { name, namespace, uid, creationTimestamp }, spec };
}

/** What every node is told: where the others are, all Services, their endpoints and the ranges of their addresses, the Ingresses that we serve, each reduced to what a node does with it. */
export class SharedObjects {
  /** Ready to send: all sessions send the same bytes, which are made once. */
  readonly #deltas = new Map<string, PlannedDelta>();

  get(identity: string): PlannedDelta | undefined {
    return this.#deltas.get(identity);
  }

  /** What `get` takes, of all there is. */
  identities(): Iterable<string> {
    return this.#deltas.keys();
  }

  /**
   * Nodes are followed first: an agent that has none but its peers can make its network already.
   * @param onChange called with the identity of what came, went or changed in what is shared of it. @returns ends it
   */
  follow(cache: ObjectCache, onChange: (identity: string) => void): () => void {
    const ends = [
      this.#followKind(cache, NODE, peerOf, onChange),
      this.#followKind(cache, SERVICE_CIDR, sharedServiceCidr, onChange),
      this.#followKind(cache, SERVICE, sharedService, onChange),
      this.#followKind(cache, ENDPOINT_SLICE, sharedSlice, onChange),
      ...this.#followIngresses(cache, onChange),
    ];
    return () => {
      for (const end of ends) end();
    };
  }

  #followKind<T extends KubeObject>(
    cache: ObjectCache,
    kind: KindDefinition<T>,
    reduce: (object: T) => KubeObject | undefined,
    onChange: (identity: string) => void,
  ): () => void {
    const take = this.#taker(onChange);
    return cache.subscribe(kind, ({ type, object }) => take(object, type === 'deleted' ? undefined : reduce(object)));
  }

  /** Those of our classes: which these are may change, too. */
  #followIngresses(cache: ObjectCache, onChange: (identity: string) => void): (() => void)[] {
    const take = this.#taker(onChange);
    const look = (ingress: Ingress) =>
      take(ingress, isOurs(ingress, cache.list(INGRESS_CLASS)) ? sharedIngress(ingress) : undefined);
    return [
      cache.subscribe(INGRESS_CLASS, () => {
        for (const ingress of cache.list(INGRESS)) look(ingress);
      }),
      cache.subscribe(INGRESS, ({ type, object }) => (type === 'deleted' ? take(object, undefined) : look(object))),
    ];
  }

  /** @returns takes of an object what is shared of it; undefined for nothing (any more). */
  #taker(onChange: (identity: string) => void): (of: KubeObject, object: KubeObject | undefined) => void {
    /** By the object's own name: a tombstone may no longer say what was shared of it. */
    const shared = new Map<string, string>();
    return ({ metadata }, object) => {
      const key = `${metadata.namespace ?? ''}/${metadata.name}`;
      const identity = object ? identityOf(object) : shared.get(key);
      if (identity === undefined) return;
      if (object) {
        const version = JSON.stringify(object);
        if (this.#deltas.get(identity)?.sent?.version === version) return;
        this.#deltas.set(identity, put(object, version));
        shared.set(key, identity);
      } else {
        this.#deltas.delete(identity);
        shared.delete(key);
      }
      onChange(identity);
    };
  }
}
