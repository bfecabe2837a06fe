import { isDeepStrictEqual } from 'node:util';
import { ENDPOINT_SLICE } from '../../../api/kinds/endpoint-slice.ts';
import { lanFactsOf } from '../../../api/kinds/node/lan-facts.ts';
import { NODE } from '../../../api/kinds/node.ts';
import { isBalancedHere, LAN_ADDRESS_NODE, requestedAddress } from '../../../api/kinds/service/load-balancer.ts';
import { SERVICE } from '../../../api/kinds/service.ts';
import { olderFirst } from '../../../api/meta/older-first.ts';
import { keyOf, keyText } from '../../../api/registry.ts';
import type { KubeObject, Node, Service } from '../../../api/types.ts';
import type { ControllerParts, Reconciler } from '../controller.ts';
import { ignoring } from '../ignore-errors.ts';
import { type SlicesOf, serviceOfSlice } from '../service-endpoints/slices.ts';
import { isBalancing, outerAddresses } from './node-addresses.ts';
import { type Action, plan, type View } from './plan.ts';
import { refusals } from './refusals.ts';

/**
 * Gives Services of type LoadBalancer the nodes' own addresses, or one of the network that a node holds for them, unless they are of
 * somebody else's class; says of these and of spec.externalIPs what nodes do not serve.
 * @param ownPorts `22/TCP`: what nodes need themselves
 */
export function loadBalancerController(
  { client, cache, events, clock }: ControllerParts,
  { ownPorts, slicesOf }: { readonly ownPorts: ReadonlySet<string>; readonly slicesOf: SlicesOf },
): Reconciler {
  const outer = () => cache.list(SERVICE).filter(isOuter).map(keyOf);
  const perform = async (service: Service, action: Action): Promise<void> => {
    switch (action.do) {
      case 'setHolder':
        return void (await client.update(SERVICE, withHolder(service, action.node)));
      case 'setStatus':
        return void (await client.update(SERVICE, { ...service, status: action.status }, { subresource: 'status' }));
      case 'tell':
        return events.record(service, { ...action, component: 'service-controller' });
    }
  };
  const readyNodesOf = (service: Service) => {
    const endpoints = slicesOf(keyOf(service)).flatMap((slice) => slice.endpoints ?? []);
    return new Set(
      endpoints.filter(({ conditions }) => conditions?.ready ?? true).flatMap(({ nodeName }) => nodeName ?? []),
    );
  };
  const viewOf = (service: Service): View => {
    const nodes = cache.list(NODE);
    const shared = { nodes, readyNodesOf, now: clock.now() };
    if (!isOuter(service)) return { ...shared, sharers: [] };
    const services = cache.list(SERVICE);
    const refused = refusals(services, { nodeAddresses: new Set(nodes.flatMap(outerAddresses)), ownPorts });
    const address = requestedAddress(service);
    const sharers = services
      .filter(
        (other) =>
          isBalancedHere(other) && requestedAddress(other) === address && !refused.get(keyText(keyOf(other)))?.balanced,
      )
      .sort(olderFirst);
    return { ...shared, sharers, ...refused.get(keyText(keyOf(service))) };
  };
  return {
    name: 'service-lb-controller',
    watches: [
      {
        kind: SERVICE,
        // A port that is let go may be another's at once.
        keysOf: (object, previous) => [keyOf(object), ...([object, previous].some(takesPorts) ? outer() : [])],
      },
      { kind: NODE, keysOf: (object, previous) => (isSameWay(object, previous) ? [] : outer()) },
      { kind: ENDPOINT_SLICE, keysOf: serviceOfSlice },
    ],
    async reconcile(key, signal) {
      const service = cache.get(SERVICE, key);
      if (!service || service.metadata.deletionTimestamp) return undefined;
      for (const action of plan(service, viewOf(service))) {
        signal.throwIfAborted();
        // Somebody changed it: that change wakes us again.
        await ignoring(['NotFound', 'Conflict'], perform(service, action));
      }
      return undefined;
    },
  };
}

/** Has a place outside of the cluster that others may want, too. */
function isOuter(service: Service): boolean {
  return isBalancedHere(service) || Boolean(service.spec.externalIPs?.length);
}

/** Of nodes, or may take some from others: all but what is reached inside of the cluster only. */
function takesPorts(object: KubeObject | undefined): boolean {
  // A subscription to Services hands out Services.
  const { type, externalIPs } = (object as Service | undefined)?.spec ?? {};
  return type === 'LoadBalancer' || type === 'NodePort' || Boolean(externalIPs?.length);
}

/** Whatever else changed of the node, clients are led to it as before. */
function isSameWay(object: KubeObject, previous: KubeObject | undefined): boolean {
  // A subscription to nodes hands out nodes.
  const facts = (node: Node) => [isBalancing(node), outerAddresses(node), lanFactsOf(node)];
  return previous !== undefined && isDeepStrictEqual(facts(object as Node), facts(previous as Node));
}

function withHolder(service: Service, node: string | undefined): Service {
  const { [LAN_ADDRESS_NODE]: _, ...annotations } = service.metadata.annotations ?? {};
  const next = node === undefined ? annotations : { ...annotations, [LAN_ADDRESS_NODE]: node };
  return { ...service, metadata: { ...service.metadata, annotations: next } };
}
