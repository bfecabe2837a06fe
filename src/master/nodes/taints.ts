import type { Node, NodeCondition, Taint } from '../../api/types.ts';
import { type Millis, toRfc3339 } from '../../lib/clock.ts';
import type { Eviction } from './disruption.ts';

const TAINT_NOT_READY = 'node.kubernetes.io/not-ready';
const TAINT_UNREACHABLE = 'node.kubernetes.io/unreachable';
const TAINT_UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';
const CONDITION_TAINTS: Readonly<Record<string, string>> = {
  MemoryPressure: 'node.kubernetes.io/memory-pressure',
  DiskPressure: 'node.kubernetes.io/disk-pressure',
  PIDPressure: 'node.kubernetes.io/pid-pressure',
  NetworkUnavailable: 'node.kubernetes.io/network-unavailable',
};
const HEALTH = new Set([TAINT_NOT_READY, TAINT_UNREACHABLE]);
const MANAGED = new Set([...HEALTH, TAINT_UNSCHEDULABLE, ...Object.values(CONDITION_TAINTS)]);

type Wanted = Pick<Taint, 'key' | 'effect'>;

function forReady(ready: NodeCondition | undefined, eviction: Eviction, held: readonly Taint[]): Wanted[] {
  if (ready?.status === 'True') return [];
  const key = ready?.status === 'Unknown' ? TAINT_UNREACHABLE : TAINT_NOT_READY;
  const isEvicting = held.some((taint) => HEALTH.has(taint.key) && taint.effect === 'NoExecute');
  const evicts = eviction === 'allowed' || (eviction === 'paused' && isEvicting);
  return [{ key, effect: 'NoSchedule' }, ...(evicts ? [{ key, effect: 'NoExecute' } as const] : [])];
}

/**
 * The taints that a node's conditions and spec.unschedulable ask for, beside those that somebody else put there. One
 * that stays keeps its timeAdded: tolerationSeconds count from it. Source: Kubernetes, "Taints and Tolerations".
 * @param eviction whether a node that is not ready may get NoExecute taints.
 * @returns node.spec.taints itself when nothing changes.
 */
export function desiredTaints(node: Node, now: Millis, eviction: Eviction): readonly Taint[] {
  const held = node.spec.taints ?? [];
  const conditions = node.status?.conditions ?? [];
  const wanted: Wanted[] = [
    ...forReady(
      conditions.find((condition) => condition.type === 'Ready'),
      eviction,
      held,
    ),
    ...conditions.flatMap((condition): Wanted[] => {
      const key = condition.status === 'True' ? CONDITION_TAINTS[condition.type] : undefined;
      return key ? [{ key, effect: 'NoSchedule' }] : [];
    }),
    ...(node.spec.unschedulable ? [{ key: TAINT_UNSCHEDULABLE, effect: 'NoSchedule' as const }] : []),
  ];
  const isSame = (a: Wanted, b: Wanted) => a.key === b.key && a.effect === b.effect;
  const kept = held.filter((taint) => !MANAGED.has(taint.key) || wanted.some((other) => isSame(taint, other)));
  const added = wanted
    .filter((taint) => !held.some((other) => isSame(taint, other)))
    .map((taint) => ({ ...taint, timeAdded: toRfc3339(now) }));
  return added.length === 0 && kept.length === held.length ? held : [...kept, ...added];
}
