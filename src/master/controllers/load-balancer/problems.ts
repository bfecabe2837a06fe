import type { Service } from '../../../api/types.ts';
import { type Millis, toRfc3339 } from '../../../lib/clock.ts';
import type { Refusal } from './refusals.ts';

type Conditions = NonNullable<NonNullable<Service['status']>['conditions']>;

/** Why a Service is not reached from outside as it asks: what its condition says. The first type is Kubernetes' own (core/v1). */
export interface Problem {
  readonly type: 'LoadBalancerPortsError' | 'LoadBalancerAddressError' | 'ExternalIPsError';
  readonly reason: string;
  readonly message: string;
}

/** All of them ours to take away again. */
const TYPES: readonly string[] = [
  'LoadBalancerPortsError',
  'LoadBalancerAddressError',
  'ExternalIPsError',
] satisfies Problem['type'][];

export const NOBODY: Problem = {
  type: 'LoadBalancerAddressError',
  reason: 'UnAvailableLoadBalancer',
  message: 'There are no available nodes for LoadBalancer',
};

export function addressProblem(reason: string, message: string): Problem {
  return { type: 'LoadBalancerAddressError', reason, message };
}

export function portsProblem(type: Problem['type'], { kind, port, ...rest }: Refusal): Problem {
  if (kind === 'own') {
    const message = `port ${port} is one that nodes need themselves: choose another one`;
    return { type, reason: 'PortOfNode', message };
  }
  const by = 'by' in rest ? rest.by : '';
  const message = `port ${port} is taken by Service ${by}: choose another port, or delete that Service`;
  return { type, reason: 'PortInUse', message };
}

/** Conditions of others stay; the time of ours is that of their beginning. */
export function withProblems(held: Conditions, problems: readonly Problem[], now: Millis): Conditions {
  const foreign = held.filter(({ type }) => !TYPES.includes(type));
  const ours = problems.map((problem) => {
    const before = held.find(({ type }) => type === problem.type);
    return { ...problem, status: 'True' as const, lastTransitionTime: before?.lastTransitionTime ?? toRfc3339(now) };
  });
  return [...foreign, ...ours];
}

/** What to tell: a condition remembers what was told already. */
export function newsOf(held: Conditions, problems: readonly Problem[]): { reason: string; message: string }[] {
  const isKnown = ({ type, reason, message }: Problem) =>
    held.some((condition) => condition.type === type && condition.reason === reason && condition.message === message);
  return problems.filter((problem) => !isKnown(problem)).map(eventOf);
}

/** Kubernetes has an Event of its own for nodes that are all away. */
function eventOf({ type, reason, message }: Problem) {
  if (reason === NOBODY.reason) return { reason, message };
  if (type === 'ExternalIPsError') return { reason: 'ExternalIPsRefused', message: `spec.externalIPs: ${message}` };
  return { reason: 'SyncLoadBalancerFailed', message: `Error syncing load balancer: ${message}` };
}
