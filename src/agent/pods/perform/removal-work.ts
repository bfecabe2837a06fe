import type { Clock } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { memoryOf, removalFailed } from '../container-memory.ts';
import type { PodMemory } from '../pod-memory.ts';
import { done, failed, failureMessage, type Outcome } from './outcome.ts';

export interface RemovalOptions {
  readonly runtime: Pick<Runtime, 'removeContainer'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Takes a container away. One that the engine cannot remove is remembered: what comes next need not wait for it. */
export async function removeContainer(id: string, memory: PodMemory, options: RemovalOptions): Promise<Outcome> {
  const { runtime, clock, log } = options;
  try {
    await runtime.removeContainer(id);
    return done();
  } catch (err) {
    const message = failureMessage(err);
    const isNews = memoryOf(memory, id).removalFailure === undefined;
    log[isNews ? 'warn' : 'debug']({ container: id, err }, 'cannot remove a container; will be tried again');
    // The plan knows whether what was to come after it may be done all the same.
    return failed((known) => removalFailed(known, id, { reason: 'FailedRemove', message, now: clock.now() }));
  }
}
