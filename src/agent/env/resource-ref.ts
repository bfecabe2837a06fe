import { parseQuantity } from '../../api/meta/quantity.ts';
import type { Container } from '../../api/types.ts';

/** What a node has to give to pods: `cpu`, `memory`, `ephemeral-storage`. */
export type Allocatable = Readonly<Record<string, string | number>>;

export interface ResourceRef {
  readonly resource: string;
  readonly divisor?: string | number;
}

/**
 * What a `resourceFieldRef` stands for, in whole divisors, rounded up: 250m CPU is 1, in `1m` 250. A container without the
 * limit may use all that the node allows to pods. Source: kubelet, defaultPodLimitsForDownwardAPI; ExtractContainerResourceValue.
 */
export function resourceValue({ resource, divisor = 1 }: ResourceRef, container: Container, node: Allocatable): string {
  const dot = resource.indexOf('.');
  const name = resource.slice(dot + 1);
  const { limits, requests } = container.resources ?? {};
  const amount = resource.slice(0, dot) === 'limits' ? (limits?.[name] ?? node[name]) : requests?.[name];
  const { nano } = parseQuantity(amount ?? 0);
  const { nano: unit } = parseQuantity(divisor);
  return String(ceilDivide(nano, unit === 0n ? parseQuantity(1).nano : unit));
}

function ceilDivide(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b;
}
