import { POD } from '../../api/kinds/pod.ts';
import type { Pod } from '../../api/types.ts';
import { type Millis, toRfc3339 } from '../../lib/clock.ts';
import type { EventRecorder, ResourceClient } from '../resource-client.ts';

/** The pod as one that must not get traffic any more, because nothing is known of its node. @returns undefined when it is one. */
export function notReady(pod: Pod, now: Millis): Pod | undefined {
  const conditions = pod.status?.conditions ?? [];
  if (!conditions.some(({ type, status }) => type === 'Ready' && status !== 'False')) return undefined;
  const changed = conditions.map((condition) =>
    condition.type === 'Ready' && condition.status !== 'False'
      ? { ...condition, status: 'False' as const, lastTransitionTime: toRfc3339(now) }
      : condition,
  );
  return { ...pod, status: { ...pod.status, conditions: changed } };
}

/** Marks the pods of a silent node. @throws ApiError Conflict for one that changed meanwhile, NotFound for one that went. */
export async function markNotReady(
  pod: Pod,
  { client, events }: { readonly client: ResourceClient; readonly events: EventRecorder },
  now: Millis,
): Promise<void> {
  const marked = notReady(pod, now);
  if (!marked) return;
  await client.update(POD, marked, { subresource: 'status' });
  const facts = { type: 'Warning', reason: 'NodeNotReady', message: 'Node is not ready' } as const;
  events.record(pod, { ...facts, component: 'node-controller' });
}
