import { milliValue, parseQuantity, wholeValue } from '../../../api/meta/quantity.ts';
import type { Container, Pod } from '../../../api/types.ts';

/** kubelet's cpuCFSQuotaPeriod: how often a container's share of time is given out. Docker takes microseconds. */
const CFS_PERIOD_US = 100_000;
const MIN_CFS_QUOTA_US = 1_000;
/** The kernel's bounds of cpu.shares. */
export const MIN_SHARES = 2;
const MAX_SHARES = 262_144;
/** system-node-critical and up (scheduling.k8s.io). */
const CRITICAL_PRIORITY = 2_000_000_000;

export interface NodeLimits {
  /** Memory of the node: oom_score_adj of Burstable pods is relative to it. */
  readonly memoryBytes: number;
  /** The engine cannot start what asks for less. */
  readonly oomScoreFloor: number;
  /** Processes and threads of one container; undefined for no limit, as kubelet's default. */
  readonly podPidsLimit: number | undefined;
}

interface ResourceOptions {
  readonly CpuShares: number;
  readonly CpuPeriod?: number;
  readonly CpuQuota?: number;
  readonly Memory?: number;
  readonly MemorySwap?: number;
  readonly OomScoreAdj: number;
  readonly PidsLimit?: number;
}

/** cgroup settings of one container. Source: kubelet, pkg/kubelet/kuberuntime/kuberuntime_container_linux.go. */
export function resourceOptions(pod: Pod, container: Container, node: NodeLimits): ResourceOptions {
  const { requests, limits } = container.resources ?? {};
  const cpuLimit = milliCpu(limits?.cpu);
  const memoryLimit = memoryBytes(limits?.memory);
  return {
    // A request left out is the limit (API default), a zero one is the least share there is.
    CpuShares: cpuShares(milliCpu(requests?.cpu ?? limits?.cpu)),
    ...(cpuLimit > 0 ? { CpuPeriod: CFS_PERIOD_US, CpuQuota: cfsQuotaUs(cpuLimit) } : {}),
    // Swap equal to memory means none: a limit that swaps wears the SD card out and hides the leak.
    ...(memoryLimit > 0 ? { Memory: memoryLimit, MemorySwap: memoryLimit } : {}),
    OomScoreAdj: Math.max(node.oomScoreFloor, oomScoreAdj(pod, container, node.memoryBytes)),
    ...(node.podPidsLimit === undefined ? {} : { PidsLimit: node.podPidsLimit }),
  };
}

/** 1 CPU is 1024 shares: 250m → 256. */
export function cpuShares(milliCpu: number): number {
  return Math.min(MAX_SHARES, Math.max(MIN_SHARES, Math.floor((milliCpu * 1024) / 1000)));
}

/** Microseconds of CPU time in each period: 250m → 25,000 of 100,000. */
function cfsQuotaUs(milliCpu: number): number {
  return Math.max(MIN_CFS_QUOTA_US, Math.floor((milliCpu * CFS_PERIOD_US) / 1000));
}

/**
 * Whom the kernel kills first when the node is out of memory: 1000 is first, -1000 never.
 * Burstable: 1000 less the thousandths of the node's memory it asked for, so that who uses more than asked goes first
 * (1 GiB of 4 GiB → 750). Source: kubelet, pkg/kubelet/qos/policy.go.
 */
export function oomScoreAdj(pod: Pod, container: Container, nodeMemoryBytes: number): number {
  if ((pod.spec.priority ?? 0) >= CRITICAL_PRIORITY) return -997;
  const qos = pod.status?.qosClass ?? 'BestEffort';
  if (qos === 'Guaranteed') return -997;
  if (qos === 'BestEffort') return 1000;
  const requested = memoryBytes(container.resources?.requests?.memory ?? container.resources?.limits?.memory);
  const score = 1000 - Math.floor((1000 * requested) / nodeMemoryBytes);
  return Math.min(999, Math.max(3, score));
}

function milliCpu(text: string | number | undefined): number {
  return text === undefined ? 0 : milliValue(parseQuantity(text));
}

function memoryBytes(text: string | number | undefined): number {
  return text === undefined ? 0 : wholeValue(parseQuantity(text));
}
