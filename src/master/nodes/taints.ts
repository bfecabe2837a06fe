import type { Node, NodeCondition, Taint } from '../../api/types.ts';
import { type Millis, toRfc3339 } from '../../lib/clock.ts';

const TAINT_NOT_READY = 'node.kubernetes.io/not-ready';
const TAINT_UNREACHABLE = 'node.kubernetes.io/unreachable';
const TAINT_UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';
const PRESSURE_TAINTS: Readonly<Record<string, string>> = {
  MemoryPressure: 'node.kubernetes.io/memory-pressure',
  DiskPressure: 'node.kubernetes.io/disk-pressure',
  PIDPressure: 'node.kubernetes.io/pid-pressure',
};
const MANAGED = new Set([TAINT_NOT_READY, TAINT_UNREACHABLE, TAINT_UNSCHEDULABLE, ...Object.values(PRESSURE_TAINTS)]);

type Wanted = Pick<Taint, 'key' | 'effect'>;

function forReady(ready: NodeCondition | undefined): Wanted[] {
  if (ready?.status === 'True') return [];
  const key = ready?.status === 'Unknown' ? TAINT_UNREACHABLE : TAINT_NOT_READY;
  return [
    { key, effect: 'NoSchedule' },
    { key, effect: 'NoExecute' },
  ];
}

/**
 * The taints that a node's conditions and spec.unschedulable ask for, beside those that somebody else put there. One
 * that stays keeps its timeAdded: tolerationSeconds count from it. Source: Kubernetes, "Taints and Tolerations".
 * @returns node.spec.taints itself when nothing changes.
 */
export function desiredTaints(node: Node, now: Millis): readonly Taint[] {
  const held = node.spec.taints ?? [];
  const conditions = node.status?.conditions ?? [];
  const wanted: Wanted[] = [
    ...forReady(conditions.find((condition) => condition.type === 'Ready')),
    ...conditions.flatMap((condition): Wanted[] => {
      const key = condition.status === 'True' ? PRESSURE_TAINTS[condition.type] : undefined;
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
