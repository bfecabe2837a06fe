import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Tries again until `check` stops throwing. @returns what it returned then.
 * @throws its last error after `timeoutMs`.
 */
export async function eventually<T>(check: () => Promise<T> | T, timeoutMs = 30_000): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(50);
    }
  }
}
