import type { ObservedContainer } from '../../runtime/runtime.ts';
import type { PodMemory } from '../pod-memory.ts';
import { once } from './context.ts';
import type { Step } from './step.ts';

/** Stops one container, and tells so once. */
export function stopSteps(
  memory: PodMemory,
  container: ObservedContainer,
  how: { readonly graceSeconds: number; readonly podGraceSeconds: number; readonly why?: string },
): Step[] {
  const name = container.containerName;
  const message = how.why ?? `Stopping container ${name}`;
  return [
    ...once(memory, `Killing/${container.id}`, { type: 'Normal', reason: 'Killing', message, container: name }),
    {
      do: 'stopContainer',
      id: container.id,
      graceSeconds: how.graceSeconds,
      podGraceSeconds: how.podGraceSeconds,
    },
  ];
}
