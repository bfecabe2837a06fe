import type { Container, Pod } from '../../api/types.ts';
import { type Amounts, addAmounts, largerAmounts, parseAmounts, pickAmounts } from './amounts.ts';

type List = 'requests' | 'limits';

/**
 * What a pod asks for, or may have, at its peak: its containers with its sidecars, or one init container with the sidecars
 * before it; what the pod itself says holds for it as a whole. Source: component-helpers, PodRequests and PodLimits.
 */
export function podAmounts(pod: Pod, list: List): Amounts {
  const { containers, initContainers = [], overhead, resources } = pod.spec;
  let sidecars: Amounts = new Map();
  let peak: Amounts = new Map();
  for (const container of initContainers) {
    const own = containerAmounts(container, list);
    if (container.restartPolicy === 'Always') sidecars = addAmounts(sidecars, own);
    peak = largerAmounts(peak, container.restartPolicy === 'Always' ? sidecars : addAmounts(sidecars, own));
  }
  const running = containers.map((container) => containerAmounts(container, list)).reduce(addAmounts, sidecars);
  const asked = largerAmounts(running, peak);
  const whole: Amounts = new Map([...asked, ...parseAmounts(resources?.[list])]);
  const extra = parseAmounts(overhead);
  // A limit that is not set stays so.
  return addAmounts(whole, list === 'requests' ? extra : pickAmounts(extra, whole.keys()));
}

export function containerAmounts({ resources }: Container, list: List): Amounts {
  return parseAmounts(resources?.[list]);
}
