import { addQuantity, compareQuantity, type Quantity, tryParseQuantity } from '../../meta/quantity.ts';
import type { PodSpec } from '../../types.ts';
import type { QosClass, ResourceList, ResourceRequirements } from './parts.ts';

const COMPUTE = ['cpu', 'memory'] as const;
type Sums = Map<string, Quantity>;

/**
 * The class that decides who is killed first when a node runs out of memory (core/helper/qos): cpu and memory of all
 * containers count, or those of the pod itself where it has its own. Text that is no quantity counts as absent.
 */
export function qosClass(spec: PodSpec): QosClass {
  const own = spec.resources;
  const hasOwn = Object.keys(own?.limits ?? {}).length + Object.keys(own?.requests ?? {}).length > 0;
  const parts: (ResourceRequirements | undefined)[] = hasOwn
    ? [own]
    : [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map((container) => container.resources);
  const requests: Sums = new Map();
  const limits: Sums = new Map();
  let isAllLimited = true;
  for (const part of parts) {
    add(requests, part?.requests);
    const limited = add(limits, part?.limits);
    isAllLimited &&= limited === COMPUTE.length;
  }
  if (requests.size === 0 && limits.size === 0) return 'BestEffort';
  return isAllLimited && isSame(requests, limits) ? 'Guaranteed' : 'Burstable';
}

/** @returns how many of cpu and memory `list` gives an amount above zero */
function add(sums: Sums, list: ResourceList | undefined): number {
  let count = 0;
  for (const name of COMPUTE) {
    const quantity = list?.[name] === undefined ? undefined : tryParseQuantity(list[name]);
    if (!quantity || quantity.nano <= 0n) continue;
    const sum = sums.get(name);
    sums.set(name, sum ? addQuantity(sum, quantity) : quantity);
    count += 1;
  }
  return count;
}

function isSame(a: Sums, b: Sums): boolean {
  if (a.size !== b.size) return false;
  return [...a].every(([name, quantity]) => {
    const other = b.get(name);
    return other !== undefined && compareQuantity(quantity, other) === 0;
  });
}
