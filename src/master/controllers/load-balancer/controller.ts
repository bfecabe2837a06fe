import { isDeepStrictEqual } from 'node:util';
import { ENDPOINT_SLICE } from '../../../api/kinds/endpoint-slice.ts';
import { NODE } from '../../../api/kinds/node.ts';
import { isBalancedHere } from '../../../api/kinds/service/load-balancer.ts';
import { SERVICE } from '../../../api/kinds/service.ts';
import { keyOf, keyText } from '../../../api/registry.ts';
import type { KubeObject, Node, Service } from '../../../api/types.ts';
import type { ControllerParts, Reconciler } from '../controller.ts';
import { ignoring } from '../ignore-errors.ts';
import { type SlicesOf, serviceOfSlice } from '../service-endpoints/slices.ts';
import { isBalancing, outerAddresses } from './node-addresses.ts';
import { type Action, plan } from './plan.ts';
import { refusals } from './refusals.ts';

/**
 * Gives Services of type LoadBalancer the nodes' own addresses, unless they are of somebody else's class.
 * @param ownPorts `22/TCP`: what nodes need themselves
 */
export function loadBalancerController(
  { client, cache, events, clock }: ControllerParts,
  { ownPorts, slicesOf }: { readonly ownPorts: ReadonlySet<string>; readonly slicesOf: SlicesOf },
): Reconciler {
  const balanced = () => cache.list(SERVICE).filter(isBalancedHere).map(keyOf);
  const perform = async (service: Service, action: Action): Promise<void> => {
    switch (action.do) {
      case 'setStatus':
        return void (await client.update(SERVICE, { ...service, status: action.status }, { subresource: 'status' }));
      case 'tell':
        return events.record(service, { ...action, component: 'service-controller' });
    }
  };
  return {
    name: 'service-lb-controller',
    watches: [
      {
        kind: SERVICE,
        // A port that is let go may be another's at once.
        keysOf: (object, previous) => [keyOf(object), ...([object, previous].some(takesPorts) ? balanced() : [])],
      },
      { kind: NODE, keysOf: (object, previous) => (isSameWay(object, previous) ? [] : balanced()) },
      { kind: ENDPOINT_SLICE, keysOf: serviceOfSlice },
    ],
    async reconcile(key, signal) {
      const service = cache.get(SERVICE, key);
      if (!service || service.metadata.deletionTimestamp) return undefined;
      const nodes = cache.list(NODE);
      const view = { nodeAddresses: new Set(nodes.flatMap(outerAddresses)), ownPorts };
      const slices = slicesOf(key);
      const refusal = isBalancedHere(service) ? refusals(cache.list(SERVICE), view).get(keyText(key)) : undefined;
      for (const action of plan(service, { nodes, slices, refusal, now: clock.now() })) {
        signal.throwIfAborted();
        // Somebody changed it: that change wakes us again.
        await ignoring(['NotFound', 'Conflict'], perform(service, action));
      }
      return undefined;
    },
  };
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
  const facts = (node: Node) => [isBalancing(node), outerAddresses(node)];
  return previous !== undefined && isDeepStrictEqual(facts(object as Node), facts(previous as Node));
}
