import { milliValue, parseQuantity, wholeValue } from '../../meta/quantity.ts';
import type { Node, Pod } from '../../types.ts';

/** Amounts by resource name: cpu in milli-CPU, `pods` a count, everything else in its own unit (memory in bytes). */
export type Resources = Readonly<Record<string, number>>;

type ResourceList = Readonly<Record<string, string | number>> | undefined;

function amounts(list: ResourceList): Resources {
  const entries = Object.entries(list ?? {}).map(([name, text]) => {
    const quantity = parseQuantity(String(text));
    return [name, name === 'cpu' ? milliValue(quantity) : wholeValue(quantity)] as const;
  });
  return Object.fromEntries(entries);
}

function combine(a: Resources, b: Resources, how: (x: number, y: number) => number): Resources {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...names].map((name) => [name, how(a[name] ?? 0, b[name] ?? 0)]));
}

function sum(a: Resources, b: Resources): Resources {
  return combine(a, b, (x, y) => x + y);
}

function larger(a: Resources, b: Resources): Resources {
  return combine(a, b, Math.max);
}

/** What a container that asks for nothing is taken to need when nodes are compared, so that such pods are spread as well. */
const ASSUMED: Resources = { cpu: 100, memory: 200 * 1024 * 1024 };

/**
 * What a pod needs of a node at its peak: the larger of all containers with all sidecars, and of each init container with the
 * sidecars started before it; plus overhead. Example: init 500m, sidecar 100m, main 300m need max(500, 100 + 300) = 500m.
 * Source: KEP-753 (sidecar containers), "Resources calculation for scheduling and pod admission".
 * @param least of each container: `{}`, or `ASSUMED` for comparisons.
 */
export function podRequests(pod: Pod, least: Resources = {}): Resources {
  const requestsOf = ({ resources }: { readonly resources?: { readonly requests?: object } }): Resources => ({
    ...least,
    ...amounts(resources?.requests as ResourceList),
  });
  let sidecars: Resources = {};
  let initPeak: Resources = {};
  for (const container of pod.spec.initContainers ?? []) {
    const own = requestsOf(container);
    if (container.restartPolicy === 'Always') {
      sidecars = sum(sidecars, own);
      initPeak = larger(initPeak, sidecars);
    } else {
      initPeak = larger(initPeak, sum(sidecars, own));
    }
  }
  const running = pod.spec.containers.map(requestsOf).reduce(sum, sidecars);
  return sum(larger(running, initPeak), amounts(pod.spec.overhead as ResourceList));
}

/** As podRequests, where a container that names no cpu or memory counts a little. */
export function comparedRequests(pod: Pod): Resources {
  return podRequests(pod, ASSUMED);
}

export function allocatableOf(node: Node): Resources {
  return amounts((node.status?.allocatable ?? node.status?.capacity) as ResourceList);
}
