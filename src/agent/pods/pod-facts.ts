import type { Container, Pod } from '../../api/types.ts';
import type { Millis } from '../../lib/clock.ts';
import { toRfc3339 } from '../../lib/clock.ts';

type ContainerKind = 'init' | 'sidecar' | 'main';
export type RestartPolicy = 'Always' | 'OnFailure' | 'Never';

/** A container of the pod's spec with what its place in it means. */
export interface SpecContainer {
  readonly kind: ContainerKind;
  readonly spec: Container;
  /** The policy that holds for this one: sidecars restart always, init containers never after success. */
  readonly restartPolicy: RestartPolicy;
}

export function podRestartPolicy(pod: Pod): RestartPolicy {
  return (pod.spec.restartPolicy as RestartPolicy | undefined) ?? 'Always';
}

/** Init containers and sidecars, in spec order. */
export function initContainersOf(pod: Pod): SpecContainer[] {
  const policy = podRestartPolicy(pod) === 'Never' ? 'Never' : 'OnFailure';
  return (pod.spec.initContainers ?? []).map((spec) =>
    spec.restartPolicy === 'Always'
      ? { kind: 'sidecar', spec, restartPolicy: 'Always' }
      : { kind: 'init', spec, restartPolicy: policy },
  );
}

/** The pod's own containers, in spec order. */
export function mainContainersOf(pod: Pod): SpecContainer[] {
  return pod.spec.containers.map((spec) => ({ kind: 'main', spec, restartPolicy: podRestartPolicy(pod) }));
}

export function isTerminal(phase: string | undefined): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

/** `name_namespace(uid)`: how kubelet names a pod in its messages. */
export function podInMessages(pod: Pod): string {
  return `${pod.metadata.name}_${pod.metadata.namespace ?? 'default'}(${pod.metadata.uid ?? ''})`;
}

/** `namespace/name`, for logs. */
export function podKey(pod: Pod): string {
  return `${pod.metadata.namespace ?? 'default'}/${pod.metadata.name}`;
}

/** When this node took the pod up: what the API remembers, else `firstSeen`. To the second, as the API keeps it. */
export function startTimeOf(pod: Pod, firstSeen: Millis): Millis {
  const known = pod.status?.startTime;
  return Date.parse(known === undefined ? toRfc3339(firstSeen) : String(known));
}

/** When activeDeadlineSeconds runs out; undefined without one. */
export function deadlineOf(pod: Pod, firstSeen: Millis): Millis | undefined {
  const seconds = pod.spec.activeDeadlineSeconds;
  return seconds === undefined ? undefined : startTimeOf(pod, firstSeen) + seconds * 1000;
}

/** Seconds a container has between the stop signal and the kill. */
export function gracePeriodOf(pod: Pod): number {
  return Math.max(0, pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30);
}
