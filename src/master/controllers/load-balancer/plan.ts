import { isDeepStrictEqual } from 'node:util';
import { holderOf, isBalancedHere, requestedAddress } from '../../../api/kinds/service/load-balancer.ts';
import type { Service } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import { type Found, find, type PlaceView } from './place.ts';
import { newsOf, type Problem, portsProblem, withProblems } from './problems.ts';

type Status = NonNullable<Service['status']>;
type LoadBalancer = NonNullable<Status['loadBalancer']>;

export type Action =
  /** The annotation that says which node holds its address. */
  | { readonly do: 'setHolder'; readonly node: string | undefined }
  | { readonly do: 'setStatus'; readonly status: Status }
  | {
      readonly do: 'tell';
      readonly type: 'Normal' | 'Warning';
      readonly reason: string;
      readonly message: string;
    };

export interface View extends PlaceView {
  readonly now: Millis;
}

/**
 * Decides at which addresses a Service is reached from outside; empty when its status says so.
 * Source: kube-controller-manager's service controller, its events and which nodes it leaves out.
 */
export function plan(service: Service, view: View): Action[] {
  const found = isBalancedHere(service) ? find(service, view) : undefined;
  // One write at a time: the next pass sees it and goes on.
  if (holderOf(service) !== found?.holder) return given(service, found?.holder);
  const problems: Problem[] = [
    ...(found && 'problem' in found ? [found.problem] : []),
    ...(view.external ? [portsProblem('ExternalIPsError', view.external)] : []),
  ];
  const loadBalancer = loadBalancerOf(service, found);
  const status = statusOf(service, { loadBalancer, problems, now: view.now });
  const [before, after] = eventsAround(service, loadBalancer);
  return [
    ...before,
    ...(isDeepStrictEqual(service.status ?? {}, status) ? [] : [{ do: 'setStatus', status } as const]),
    ...after,
    ...newsOf(service.status?.conditions ?? [], problems).map(
      (news) => ({ do: 'tell', type: 'Warning', ...news }) as const,
    ),
  ];
}

function given(service: Service, node: string | undefined): Action[] {
  const before = holderOf(service);
  const address = requestedAddress(service);
  const setHolder: Action = { do: 'setHolder', node };
  if (node === undefined) return [setHolder];
  if (before === undefined) return [setHolder, normal('LanAddressAssigned', `${address} is given to node ${node}`)];
  return [setHolder, normal('LanAddressMoved', `${address} moves from node ${before} to node ${node}`)];
}

/** @param found undefined: it is not balanced here */
function loadBalancerOf({ spec, status }: Service, found: Found | undefined): LoadBalancer | undefined {
  const isForeign = !found && spec.type === 'LoadBalancer';
  if (isForeign || (found && 'isAwaited' in found)) return status?.loadBalancer;
  if (found && 'addresses' in found) return { ingress: found.addresses.map((ip) => ({ ip, ipMode: 'VIP' })) };
  return status?.loadBalancer?.ingress?.length ? {} : status?.loadBalancer;
}

function statusOf(
  { status }: Service,
  {
    loadBalancer,
    problems,
    now,
  }: { loadBalancer: LoadBalancer | undefined; problems: readonly Problem[]; now: Millis },
): Status {
  const { conditions: held = [], loadBalancer: _, ...rest } = status ?? {};
  const conditions = withProblems(held, problems, now);
  return {
    ...rest,
    ...(loadBalancer ? { loadBalancer } : {}),
    ...(conditions.length > 0 ? { conditions } : {}),
  };
}

/** What is told before the status is written, and what after. */
function eventsAround({ spec, status }: Service, next: LoadBalancer | undefined): [Action[], Action[]] {
  const [old, now] = [status?.loadBalancer?.ingress ?? [], next?.ingress ?? []];
  if (isDeepStrictEqual(old, now)) return [[], []];
  if (spec.type !== 'LoadBalancer') {
    return [
      [normal('DeletingLoadBalancer', 'Deleting load balancer')],
      [normal('DeletedLoadBalancer', 'Deleted load balancer')],
    ];
  }
  if (now.length === 0) return [[], []];
  if (old.length > 0) return [[], [normal('UpdatedLoadBalancer', 'Updated load balancer with new hosts')]];
  return [
    [normal('EnsuringLoadBalancer', 'Ensuring load balancer')],
    [normal('EnsuredLoadBalancer', 'Ensured load balancer')],
  ];
}

function normal(reason: string, message: string): Action {
  return { do: 'tell', type: 'Normal', reason, message };
}
