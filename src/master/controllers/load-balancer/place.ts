import { lanFactsOf } from '../../../api/kinds/node/lan-facts.ts';
import { holderOf, requestedAddress } from '../../../api/kinds/service/load-balancer.ts';
import type { Service } from '../../../api/types.ts';
import { chooseHolder, type HolderView, unfitForLan } from './lan-holder.ts';
import { balancingAddresses, isBalancing, outerAddresses } from './node-addresses.ts';
import { addressProblem, NOBODY, type Problem, portsProblem } from './problems.ts';
import type { Refusals } from './refusals.ts';

export interface PlaceView extends HolderView, Refusals {}

/** Where a Service is to be reached. */
export type Found = {
  /** The node that is to hold its own address; undefined: it has none. */
  readonly holder?: string | undefined;
} & (
  | { readonly addresses: readonly string[] }
  | { readonly problem: Problem }
  /** Until the holder says that it holds it. */
  | { readonly isAwaited: true }
);

/** Decides where a Service that is balanced here is to be reached. */
export function find(service: Service, view: PlaceView): Found {
  if (view.balanced) return { problem: portsProblem('LoadBalancerPortsError', view.balanced) };
  const wanted = requestedAddress(service);
  if (wanted === undefined) return atNodes(service, view, () => true);
  const isOfNode = view.nodes.some((node) => outerAddresses(node).includes(wanted));
  return isOfNode ? atNodes(service, view, (address) => address === wanted) : onLan(service, wanted, view);
}

function atNodes(service: Service, view: PlaceView, isWanted: (address: string) => boolean): Found {
  const nodes = view.nodes.filter((node) => isServing(service, node.metadata.name, view));
  const addresses = balancingAddresses(nodes).filter(isWanted);
  if (addresses.length > 0) return { addresses };
  const kept = lastKnown(service, view).filter(isWanted);
  return kept.length > 0 ? { addresses: kept } : { problem: NOBODY };
}

function onLan(service: Service, address: string, view: PlaceView): Found {
  const unfit = unfitForLan(address, view.nodes);
  if (unfit) return { problem: addressProblem('UnfitAddress', unfit) };
  const holder = chooseHolder(address, view);
  if (holder === undefined) {
    const isNobodyReady = !view.nodes.some(isBalancing);
    return { holder: holderOf(service), ...(isNobodyReady ? { isAwaited: true } : { problem: NOBODY }) };
  }
  if (!isServing(service, holder, view)) return { holder, problem: NOBODY };
  const node = view.nodes.find(({ metadata }) => metadata.name === holder);
  const { addresses = [], conflicts = {} } = node ? lanFactsOf(node) : {};
  if (addresses.includes(address)) return { holder, addresses: [address] };
  const owner = conflicts[address];
  if (owner === undefined) return { holder, isAwaited: true };
  const message = `node ${holder} does not take ${address}: it is in use by ${owner}; choose a free address`;
  return { holder, problem: addressProblem('AddressInUse', message) };
}

/** With externalTrafficPolicy Local a node leads to its own endpoints only, and one without any leads nowhere. */
function isServing(service: Service, node: string, { readyNodesOf }: PlaceView): boolean {
  return service.spec.externalTrafficPolicy !== 'Local' || readyNodesOf(service).has(node);
}

/** While no node at all is Ready it is rather the master that is alone: what was true stays. */
function lastKnown(service: Service, { nodes }: PlaceView): string[] {
  if (nodes.some(isBalancing)) return [];
  const known = new Set(nodes.flatMap(outerAddresses));
  return (service.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => (ip && known.has(ip) ? [ip] : []));
}
