import { isDeepStrictEqual } from 'node:util';
import { isBalancedHere } from '../../../api/kinds/service/load-balancer.ts';
import type { EndpointSlice, Node, Service } from '../../../api/types.ts';
import { type Millis, toRfc3339 } from '../../../lib/clock.ts';
import { balancingAddresses, isBalancing, outerAddresses } from './node-addresses.ts';
import type { Refusal } from './refusals.ts';

type Status = NonNullable<Service['status']>;
type Condition = NonNullable<Status['conditions']>[number];

export type Action =
  | { readonly do: 'setStatus'; readonly status: Status }
  | {
      readonly do: 'tell';
      readonly type: 'Normal' | 'Warning';
      readonly reason: string;
      readonly message: string;
    };

export interface View {
  readonly nodes: readonly Node[];
  /** Of this Service. */
  readonly slices: readonly EndpointSlice[];
  /** Why it does not get its ports; undefined when it does. */
  readonly refusal: Refusal | undefined;
  readonly now: Millis;
}

/** Why a Service has no address: what its condition says. */
interface Problem {
  readonly type: 'LoadBalancerPortsError' | 'LoadBalancerAddressError';
  readonly reason: string;
  readonly message: string;
}

/** Condition types that are ours to take away again; the first is Kubernetes' own (core/v1). */
const OUR_CONDITIONS: readonly string[] = [
  'LoadBalancerPortsError',
  'LoadBalancerAddressError',
] satisfies Problem['type'][];

/**
 * Decides at which addresses a Service is reached from outside; empty when its status says so.
 * Source: kube-controller-manager's service controller, its events and which nodes it leaves out.
 */
export function plan(service: Service, view: View): Action[] {
  if (!isBalancedHere(service)) return service.spec.type === 'LoadBalancer' ? [] : cleared(service);
  const found = addressesFor(service, view);
  return 'problem' in found ? refused(service, found.problem, view) : balanced(service, found.addresses);
}

/** It is of another type now. */
function cleared(service: Service): Action[] {
  const status = withConditions({ ...service.status, loadBalancer: {} }, []);
  const hadAddress = ingressOf(service).length > 0;
  const hadCondition = service.status?.conditions?.some(({ type }) => OUR_CONDITIONS.includes(type));
  if (!hadAddress && !hadCondition) return [];
  return [
    ...(hadAddress ? [normal('DeletingLoadBalancer', 'Deleting load balancer')] : []),
    ...changed(service, status),
    ...(hadAddress ? [normal('DeletedLoadBalancer', 'Deleted load balancer')] : []),
  ];
}

function balanced(service: Service, addresses: readonly string[]): Action[] {
  const ingress = addresses.map((ip) => ({ ip, ipMode: 'VIP' }));
  const actions = changed(service, withConditions({ ...service.status, loadBalancer: { ingress } }, []));
  if (isDeepStrictEqual(ingressOf(service), ingress)) return actions;
  if (ingressOf(service).length > 0)
    return [...actions, normal('UpdatedLoadBalancer', 'Updated load balancer with new hosts')];
  return [
    normal('EnsuringLoadBalancer', 'Ensuring load balancer'),
    ...actions,
    normal('EnsuredLoadBalancer', 'Ensured load balancer'),
  ];
}

/** Told once: the condition remembers what was told. */
function refused(service: Service, { type, reason, message }: Problem, { now }: View): Action[] {
  const before = service.status?.conditions?.find((condition) => condition.type === type);
  const isNews = before?.reason !== reason || before.message !== message;
  const lastTransitionTime = before?.lastTransitionTime ?? toRfc3339(now);
  const condition: Condition = { type, status: 'True', reason, message, lastTransitionTime };
  const actions = changed(service, withConditions({ ...service.status, loadBalancer: {} }, [condition]));
  return isNews ? [...actions, { do: 'tell', type: 'Warning', ...warningOf(reason, message) }] : actions;
}

type Found = { readonly addresses: readonly string[] } | { readonly problem: Problem };

function addressesFor(service: Service, view: View): Found {
  if (view.refusal) return { problem: portsProblem(view.refusal) };
  const wanted = service.spec.loadBalancerIP;
  if (wanted && !view.nodes.some((node) => outerAddresses(node).includes(wanted))) {
    const message = `spec.loadBalancerIP: no node has the address ${wanted}`;
    return { problem: { type: 'LoadBalancerAddressError', reason: 'UnknownAddress', message } };
  }
  const nodes = serving(service, view, view.nodes.filter(isBalancing));
  const isWanted = (address: string) => !wanted || address === wanted;
  const addresses = balancingAddresses(nodes).filter(isWanted);
  if (addresses.length > 0) return { addresses };
  const kept = lastKnown(service, view).filter(isWanted);
  return kept.length > 0 ? { addresses: kept } : { problem: NOBODY };
}

/** With externalTrafficPolicy Local a node leads to its own endpoints only, and one without any leads nowhere. */
function serving({ spec }: Service, { slices }: View, nodes: readonly Node[]): readonly Node[] {
  if (spec.externalTrafficPolicy !== 'Local') return nodes;
  const endpoints = slices.flatMap((slice) => slice.endpoints ?? []);
  const ready = new Set(
    endpoints.filter(({ conditions }) => conditions?.ready ?? true).map(({ nodeName }) => nodeName),
  );
  return nodes.filter(({ metadata }) => ready.has(metadata.name));
}

/** While no node at all is Ready it is rather the master that is alone: what was true stays. */
function lastKnown(service: Service, { nodes }: View): string[] {
  if (nodes.some(isBalancing)) return [];
  const known = new Set(nodes.flatMap(outerAddresses));
  return ingressOf(service).flatMap(({ ip }) => (ip && known.has(ip) ? [ip] : []));
}

/** Kubernetes has an Event of its own for nodes that are all away. */
function warningOf(reason: string, message: string) {
  if (reason === NOBODY.reason) return { reason, message };
  return { reason: 'SyncLoadBalancerFailed', message: `Error syncing load balancer: ${message}` };
}

const NOBODY: Problem = {
  type: 'LoadBalancerAddressError',
  reason: 'UnAvailableLoadBalancer',
  message: 'There are no available nodes for LoadBalancer',
};

function portsProblem(refusal: Refusal): Problem {
  const type = 'LoadBalancerPortsError';
  if (refusal.kind === 'own') {
    const message = `port ${refusal.port} is one that nodes need themselves: choose another one`;
    return { type, reason: 'PortOfNode', message };
  }
  const way = 'choose another port, or delete that Service';
  return { type, reason: 'PortInUse', message: `port ${refusal.port} is taken by Service ${refusal.by}: ${way}` };
}

function ingressOf({ status }: Service) {
  return status?.loadBalancer?.ingress ?? [];
}

function changed(service: Service, status: Status): Action[] {
  return isDeepStrictEqual(service.status ?? {}, status) ? [] : [{ do: 'setStatus', status }];
}

/** Conditions of others stay. */
function withConditions(status: Status, own: readonly Condition[]): Status {
  const { conditions = [], ...rest } = status;
  const all = [...conditions.filter(({ type }) => !OUR_CONDITIONS.includes(type)), ...own];
  return all.length > 0 ? { ...rest, conditions: all } : rest;
}

function normal(reason: string, message: string): Action {
  return { do: 'tell', type: 'Normal', reason, message };
}
