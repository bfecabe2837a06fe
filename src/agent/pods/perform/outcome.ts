import { RuntimeError } from '../../runtime/runtime.ts';
import type { PodMemory } from '../pod-memory.ts';

/** What doing a step taught. An update, not a memory: long steps end while other passes run. */
export interface Outcome {
  readonly update: (memory: PodMemory) => PodMemory;
  /** False: the steps after it would fail, or do harm. */
  readonly isDone: boolean;
}

export function done(update: Outcome['update'] = (memory) => memory): Outcome {
  return { update, isDone: true };
}

export function failed(update: Outcome['update']): Outcome {
  return { update, isDone: false };
}

/**
 * The words of a failure that is the step's own.
 * @throws the error itself when it is not: the engine is away, or the work was called off.
 */
export function failureMessage(error: unknown, signal?: AbortSignal): string {
  signal?.throwIfAborted();
  if (error instanceof RuntimeError && error.code === 'Unavailable') throw error;
  return error instanceof Error ? error.message : String(error);
}

export function isRuntimeError(error: unknown, code: RuntimeError['code']): error is RuntimeError {
  return error instanceof RuntimeError && error.code === code;
}
