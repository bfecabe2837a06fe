import { type HostPort, hostPortsOf } from '../../api/kinds/pod/host-ports.ts';
import { comparedRequests, podRequests, type Resources } from '../../api/kinds/pod/requests.ts';
import type { Pod } from '../../api/types.ts';
import { type AffinityTerm, affinityTerm } from './affinity-term.ts';

/** A pod with all that decisions ask of it again and again, worked out once. */
export interface PodInfo {
  readonly pod: Pod;
  readonly uid: string;
  readonly priority: number;
  readonly requests: Resources;
  /** As `requests`, and a little for containers that ask for nothing: only to compare nodes. */
  readonly compared: Resources;
  readonly hostPorts: readonly HostPort[];
  readonly affinity: PodTerms;
  readonly antiAffinity: PodTerms;
}

interface PodTerms {
  readonly required: readonly AffinityTerm[];
  readonly preferred: readonly AffinityTerm[];
}

export function podInfo(pod: Pod): PodInfo {
  const { affinity } = pod.spec;
  return {
    pod,
    uid: pod.metadata.uid ?? '',
    priority: pod.spec.priority ?? 0,
    requests: podRequests(pod),
    compared: comparedRequests(pod),
    hostPorts: hostPortsOf(pod),
    affinity: termsOf(pod, affinity?.podAffinity),
    antiAffinity: termsOf(pod, affinity?.podAntiAffinity),
  };
}

const NO_TERMS: PodTerms = { required: [], preferred: [] };

function termsOf(pod: Pod, affinity: NonNullable<Pod['spec']['affinity']>['podAffinity']): PodTerms {
  if (!affinity) return NO_TERMS;
  const required = affinity.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const preferred = affinity.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return {
    required: required.map((term) => affinityTerm(term, pod)),
    preferred: preferred.map(({ weight, podAffinityTerm }) => affinityTerm(podAffinityTerm, pod, weight)),
  };
}

export function isFinished({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}
