import type { ObservedContainer } from '../../runtime/runtime.ts';
import { memoryOf } from '../container-memory.ts';
import type { Failure } from '../failure.ts';
import type { PlanContext } from './context.ts';
import type { Step } from './step.ts';

type RemovalContext = Pick<PlanContext, 'memory' | 'now'>;

/**
 * Takes containers away. One that the engine could not remove (a mount of it is busy) is left until its back-off is over, and
 * what else there is to do goes on without.
 */
export function removalSteps(containers: readonly ObservedContainer[], context: RemovalContext): Step[] {
  return containers.map(({ id }) => {
    const failure = waitOf(context, id);
    return failure ? { do: 'wakeAt', at: failure.retryAt } : { do: 'removeContainer', id };
  });
}

/** Whether one of them is left for later and still runs: what it uses must stay. */
export function isLeftRunning(containers: readonly ObservedContainer[], context: RemovalContext): boolean {
  return containers.some(({ id, state }) => state === 'running' && waitOf(context, id) !== undefined);
}

function waitOf({ memory, now }: RemovalContext, id: string): Failure | undefined {
  const failure = memoryOf(memory, id).removalFailure;
  return failure && now < failure.retryAt ? failure : undefined;
}
