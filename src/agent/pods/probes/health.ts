import type { Container } from '../../../api/types.ts';
import { memoryOf } from '../container-memory.ts';
import type { PodMemory } from '../pod-memory.ts';

type Memory = Pick<PodMemory, 'containers'>;

/** Whether a running container has started: its postStart hook is through and its startup probe, if any, has succeeded. */
export function hasStarted(memory: Memory, id: string, { startupProbe }: Container): boolean {
  const { probes, postStart } = memoryOf(memory, id);
  return postStart === undefined && (startupProbe === undefined || probes.startup === 'success');
}

/** Whether a running container is ready: with a readiness probe not before its first success. */
export function isReady(memory: Memory, id: string, container: Container): boolean {
  if (!hasStarted(memory, id, container)) return false;
  return container.readinessProbe === undefined || memoryOf(memory, id).probes.readiness === 'success';
}

/** The probe that says this container must be killed; undefined when none does. */
export function fatalProbe(memory: Memory, id: string): 'liveness' | 'startup' | undefined {
  const { liveness, startup } = memoryOf(memory, id).probes;
  if (liveness === 'failure') return 'liveness';
  return startup === 'failure' ? 'startup' : undefined;
}
