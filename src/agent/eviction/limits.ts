import { canonicalQuantity } from '../../api/meta/quantity.ts';
import type { Pod } from '../../api/types.ts';
import { bytesText } from './messages.ts';
import { amount, type PodUsage, podUse } from './pod-usage.ts';

const STORAGE = 'ephemeral-storage';

/** Whether a pod has limits of local storage at all: only such pods are measured while the node has room. */
export function hasStorageLimits({ spec }: Pod): boolean {
  return (
    (spec.volumes ?? []).some(({ emptyDir }) => emptyDir && isOnDisk(emptyDir) && amount(emptyDir.sizeLimit) > 0) ||
    [...spec.containers, ...(spec.initContainers ?? [])].some(
      ({ resources }) => amount(resources?.limits?.[STORAGE]) > 0,
    )
  );
}

/** A tmpfs is made with its limit as size: what is written beyond it fails, nobody need be evicted. */
function isOnDisk({ medium }: { readonly medium?: string }): boolean {
  return medium !== 'Memory';
}

/**
 * The limit of local storage that a pod is over, in kubelet's words; undefined when it keeps to all of them.
 * Source: kubelet, localStorageEviction.
 */
export function exceededLimit(pod: Pod, usage: PodUsage): string | undefined {
  return exceededVolume(pod, usage) ?? exceededPod(pod, usage) ?? exceededContainer(pod, usage);
}

function exceededVolume({ spec }: Pod, usage: PodUsage): string | undefined {
  for (const { name, emptyDir } of spec.volumes ?? []) {
    const limit = emptyDir && isOnDisk(emptyDir) ? amount(emptyDir.sizeLimit) : 0;
    const used = usage.volumes.find((volume) => volume.name === name)?.diskBytes ?? 0;
    if (limit > 0 && used > limit)
      return `Usage of EmptyDir volume "${name}" exceeds the limit "${canonicalQuantity(emptyDir?.sizeLimit ?? 0)}". `;
  }
  return undefined;
}

function exceededPod({ spec }: Pod, usage: PodUsage): string | undefined {
  const limits = spec.containers.map(({ resources }) => amount(resources?.limits?.[STORAGE]));
  const limit = limits.reduce((sum, each) => sum + each, 0);
  if (limit === 0 || podUse(usage, STORAGE) <= limit) return undefined;
  return `Pod ephemeral local storage usage exceeds the total limit of containers ${bytesText(limit)}. `;
}

function exceededContainer({ spec }: Pod, usage: PodUsage): string | undefined {
  for (const { name, resources } of [...spec.containers, ...(spec.initContainers ?? [])]) {
    const limit = amount(resources?.limits?.[STORAGE]);
    const used = usage.containers.find((container) => container.name === name)?.diskBytes ?? 0;
    if (limit > 0 && used > limit)
      return `Container ${name} exceeded its local ephemeral storage limit "${canonicalQuantity(resources?.limits?.[STORAGE] ?? 0)}". `;
  }
  return undefined;
}
