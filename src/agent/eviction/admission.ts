import { qosClass } from '../../api/kinds/pod/qos.ts';
import type { Pod, Toleration } from '../../api/types.ts';
import { isCritical } from './rank.ts';
import type { PressureType } from './signals.ts';

const MEMORY_TAINT = 'node.kubernetes.io/memory-pressure';

/**
 * Why a pod that was never here may not begin on a node under pressure, in kubelet's words; undefined when it may. The taint
 * keeps the scheduler away; this is for pods bound by hand and for those that tolerate it.
 * Source: kubelet, eviction manager, Admit.
 */
export function refusal(pod: Pod, pressures: readonly PressureType[]): string | undefined {
  if (pressures.length === 0 || isCritical(pod)) return undefined;
  if (pressures.every((type) => type === 'MemoryPressure')) {
    const isBestEffort = (pod.status?.qosClass ?? qosClass(pod.spec)) === 'BestEffort';
    if (!isBestEffort || (pod.spec.tolerations ?? []).some(toleratesMemoryPressure)) return undefined;
  }
  return `The node had condition: [${pressures.join(', ')}]. `;
}

/** The taint has no value: `Exists`, or `Equal` to the empty one. */
function toleratesMemoryPressure({ key, operator = 'Equal', value = '', effect }: Toleration): boolean {
  const isKey = key === MEMORY_TAINT || (!key && operator === 'Exists');
  return isKey && (operator === 'Exists' || value === '') && (!effect || effect === 'NoSchedule');
}
