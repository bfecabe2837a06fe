import type { Container, Pod, Probe } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import { memoryOf } from '../container-memory.ts';
import { initContainersOf, mainContainersOf } from '../pod-facts.ts';
import type { PodMemory } from '../pod-memory.ts';
import { newestInSandbox, type PodView } from '../pod-view.ts';
import { fatalProbe, hasStarted } from './health.ts';
import type { ProbeKind } from './judge.ts';

/** A probe that is to be run on a container, again and again. */
export interface ProbeTarget {
  readonly kind: ProbeKind;
  readonly probe: Probe;
  readonly container: Container;
  readonly containerId: string;
  readonly startedAt: Millis;
  readonly pod: Pod;
  /** Where its ports are. */
  readonly podIp: string;
}

export interface ProbedPod {
  readonly pod: Pod;
  readonly view: PodView;
  readonly memory: PodMemory;
  readonly podIp: string;
  /** Deleted, done or past its deadline: nothing of it is restarted any more. */
  readonly isEnding: boolean;
}

/**
 * The probes that are to run now. The startup probe alone until it succeeds, then the others; none on a container that is to be
 * killed for one; readiness alone while the pod ends, so that it leaves its Services. Source: kubelet, prober/worker.go, doProbe.
 */
export function probeTargets(probed: ProbedPod): ProbeTarget[] {
  const { pod, view, podIp } = probed;
  const sidecars = initContainersOf(pod).filter((c) => c.kind === 'sidecar');
  return [...sidecars, ...mainContainersOf(pod)].flatMap(({ spec }) => {
    const running = newestInSandbox(view, spec.name);
    if (running?.state !== 'running') return [];
    const target = { container: spec, containerId: running.id, startedAt: running.startedAt ?? 0, pod, podIp };
    return kindsFor(probed, spec, running.id).flatMap((kind): ProbeTarget[] => {
      const probe = probeOf(spec, kind);
      return probe ? [{ ...target, kind, probe }] : [];
    });
  });
}

function kindsFor({ memory, isEnding }: ProbedPod, container: Container, id: string): ProbeKind[] {
  if (memoryOf(memory, id).postStart || fatalProbe(memory, id)) return [];
  if (!hasStarted(memory, id, container)) return isEnding ? [] : ['startup'];
  return isEnding ? ['readiness'] : ['liveness', 'readiness'];
}

export function probeOf(container: Container, kind: ProbeKind): Probe | undefined {
  return { startup: container.startupProbe, liveness: container.livenessProbe, readiness: container.readinessProbe }[
    kind
  ];
}
